import type { Test } from 'tap'
import type { ParameterValues } from '../../../../deploy/read-template.ts'
import type { CheckContext } from '../../../deploy/check/check-context.ts'
import { readStacks } from '../../../deploy/read-stacks.ts'
import type { FoundStack } from '../../../deploy/stacks/find-stack.ts'
import { prepareDeployment } from '../prepare-deployment.ts'

const deployFolder = new URL('../../../../deploy/', import.meta.url)

/** The account of the double, whose number AWS's documentation also uses. */
export const account = '111122223333'

/** Prepares a check of the real templates with these parameters in a new account. @param names the stacks to deploy */
export async function prepareCheck(t: Test, names: string[], given: ParameterValues = {}) {
  const { deployment, double } = await prepareDeployment(t)
  const all = await readStacks(deployFolder, 'dev')
  const stacks = all
    .filter(({ name }) => names.includes(name))
    .map((stack) => ({ ...stack, given: given[stack.name] ?? {} }))
  const found = new Map<string, FoundStack>()
  const context: CheckContext = { deployment: { ...deployment, env: 'dev' }, stacks, found }
  /** Adds an existing stack to the double. */
  const stand = (name: string, parameters: Record<string, string> = {}) =>
    found.set(name, { stackId: name, status: 'CREATE_COMPLETE', parameters })
  return { context, double, stand }
}
