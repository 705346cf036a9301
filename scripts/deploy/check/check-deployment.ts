import Table from 'cli-table3'
import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import { type FoundStack, findStack } from '../stacks/find-stack.ts'
import { type ArtefactOptions, checkArtefacts } from './check-artefacts.ts'
import { checkCertificate } from './check-certificate.ts'
import type { CheckContext } from './check-context.ts'
import { checkDomain } from './check-domain.ts'
import { checkKeeper } from './check-keeper.ts'
import { checkNames } from './check-names.ts'
import { checkParameters } from './check-parameters.ts'
import { checkQuotas } from './check-quotas.ts'
import { checkTopics } from './check-topics.ts'
import { answered, type Finding, runCheck } from './finding.ts'

/**
 * Checks what CloudFormation would find only in the middle of a deployment, or never. Changes nothing.
 * @param stacks the stacks to be deployed
 * @returns the findings; those that AWS did not answer are `unknown`
 */
export async function checkDeployment(
  deployment: Deployment,
  stacks: Stack[],
  artefacts: ArtefactOptions,
): Promise<Finding[]> {
  const found = new Map<string, FoundStack>()
  const blind = await runCheck('stacks', async () => {
    for (const { name, stackName } of stacks) {
      const stack = await answered(
        'cloudformation:DescribeStacks',
        findStack(deployment.aws.cloudFormation, stackName),
      )
      if (stack) found.set(name, stack)
    }
    return []
  })
  const context: CheckContext = { deployment, stacks, found }
  const findings = await Promise.all([
    runCheck('caller', () => checkKeeper(context)),
    runCheck('parameters', () => checkParameters(context)),
    runCheck('certificate', () => checkCertificate(context)),
    runCheck('domain', () => checkDomain(context)),
    runCheck('names', () => checkNames(context)),
    checkQuotas(context),
    runCheck('artefacts', () => checkArtefacts(context, artefacts)),
    runCheck('topics', () => checkTopics(context)),
  ])
  return [...blind, ...findings.flat()]
}

/** @returns whether the deployment can begin */
export function isDeployable(findings: Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== 'fails')
}

export function formatFindings(findings: Finding[]): string {
  const table = new Table({
    head: ['check', 'result', ''],
    colWidths: [20, 9, 88],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  })
  for (const { subject, verdict, text } of findings)
    table.push([subject, verdict === 'fails' ? 'FAILS' : verdict, text])
  return table.toString()
}
