import type { Artefact } from './artefacts.ts'
import type { Aws } from './connect-aws.ts'
import type { Caller } from './identify-caller.ts'

/** All that the steps of a deployment share. */
export interface Deployment {
  env: string
  aws: Aws
  caller: Caller
  artefacts: { processor?: Artefact; gateway?: Artefact }
  say: (line: string) => void
  /** Asks a person. @returns what was answered, in lower case; empty when nobody answers */
  ask: (question: string) => Promise<string>
  /** Pause between two looks at a stack. */
  pollMs: number
}

/** Values that a person cannot know before; a stack takes those that it has parameters for. */
export function knownValues({ env, caller, artefacts }: Deployment): Record<string, string> {
  return {
    Env: env,
    KeeperRoleArn: caller.principalArn,
    ...(artefacts.processor && { ProcessorArtefactKey: artefacts.processor.key }),
    ...(artefacts.gateway && { GatewayArtefactKey: artefacts.gateway.key }),
  }
}

export const isYes = (answer: string): boolean => answer === 'y' || answer === 'yes'
