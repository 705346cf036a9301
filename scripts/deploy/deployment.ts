import { type Artefacts, pairWithParameters } from './artefacts.ts'
import type { Aws } from './connect-aws.ts'
import type { Caller } from './identify-caller.ts'

/** Context shared by all steps of a deployment. */
export interface Deployment {
  env: string
  aws: Aws
  caller: Caller
  artefacts: Artefacts
  say: (line: string) => void
  /** Asks the operator. @returns the answer in lower case; empty without one */
  ask: (question: string) => Promise<string>
  /** Whether change sets compare with the actual resources and restore what was changed outside CloudFormation. */
  revertsDrift?: boolean
  /** Polling interval. */
  pollMs: number
}

/** Parameter values that the deployment determines itself; a stack gets those it has parameters for. */
export function knownValues({ env, caller, artefacts }: Deployment): Record<string, string> {
  return {
    Env: env,
    KeeperRoleArn: caller.principalArn,
    ...Object.fromEntries(pairWithParameters(artefacts).map(([parameter, { key }]) => [parameter, key])),
  }
}

export const isYes = (answer: string): boolean => answer === 'y' || answer === 'yes'
