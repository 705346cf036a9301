import { type Artefacts, nameArtefact } from '../artefacts.ts'
import { type Deployment, knownValues } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { type FoundStack, hasResources } from '../stacks/find-stack.ts'

/** Input of the checks. */
export interface CheckContext {
  deployment: Deployment
  /** The stacks to be deployed. */
  stacks: Stack[]
  /** The stacks that exist, by their short names. */
  found: Map<string, FoundStack>
}

/** A parameter whose value comes from the environment's parameters or from the template. */
export interface OwnParameter {
  stack: Stack
  value: string
}

/** Finds the parameter in the stacks to be deployed; not where it is an input from another stack. */
export function findParameter({ stacks }: CheckContext, name: string): OwnParameter | undefined {
  for (const stack of stacks) {
    const { Type = '', Default = '' } = stack.template.Parameters?.[name] ?? {}
    if (Type && !Type.startsWith('AWS::SSM::')) return { stack, value: stack.given[name] ?? String(Default) }
  }
  return undefined
}

/** Whether the stack has no resources yet. */
export function isNew({ found }: CheckContext, { name }: Stack): boolean {
  return !hasResources(found.get(name))
}

const empty = Buffer.alloc(0)

/** Replacements for keys of artefacts, which are known only after the build. */
const unbuilt: Artefacts = {
  processor: nameArtefact('processor', 'zip', empty),
  gateway: nameArtefact('gateway', 'zip', empty),
  gatewayBoot: nameArtefact('gateway', 'sh', empty),
  report: nameArtefact('report', 'zip', empty),
}

/** The values of a deployment whose artefacts may not be built yet. */
export function valuesOnceBuilt(deployment: Deployment): Record<string, string> {
  return knownValues({ ...deployment, artefacts: { ...unbuilt, ...deployment.artefacts } })
}
