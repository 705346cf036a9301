import type { Deployment } from '../deployment.ts'
import type { Stack } from '../read-stacks.ts'
import type { FoundStack } from './find-stack.ts'

/** Parameters whose change AWS would accept without effect, and what to do instead. */
const createOnly: Record<string, string> = {
  // Lambda documents no way to change the topics of a self-managed Kafka event source: the update succeeds and changes nothing.
  TopicPrefix:
    'Lambda would continue to read the old topics. Deploy under another name (--env), or destroy the stacks that read the prefix first',
}

/** The values that an existing stack keeps unless the environment's parameters override them. */
export function keptValues(found: FoundStack | undefined): Record<string, string> {
  const keeper = found?.parameters.KeeperRoleArn
  return keeper ? { KeeperRoleArn: keeper } : {}
}

/** @throws Error if a parameter that is fixed at creation would change */
export function refuseNewValues(stack: Stack, values: Record<string, string>, found: FoundStack): void {
  for (const [name, advice] of Object.entries(createOnly)) {
    const { Type = '', Default } = stack.template.Parameters?.[name] ?? {}
    const before = found.parameters[name]
    const after = values[name] ?? Default
    // Stacks that read the value from SSM follow the stack that owns it.
    if (Type.startsWith('AWS::SSM::') || before === undefined || after === undefined) continue
    if (String(after) === before) continue
    throw new Error(
      `${stack.stackName}: ${name} cannot change from "${before}" to "${after}". ${advice}. Nothing was deployed.`,
    )
  }
}

/**
 * Refuses changes to a stack that has another keeper. A caller whom the environment's parameters name as the new keeper may try, because that
 * restores bucket policies that the root user removed.
 * @throws Error that names the keeper
 */
export function refuseOtherKeeper(
  { caller }: Deployment,
  { stackName, name, given }: Stack,
  found: FoundStack | undefined,
): void {
  const keeper = found?.parameters.KeeperRoleArn
  if (!keeper || [keeper, given.KeeperRoleArn].includes(caller.principalArn)) return
  throw new Error(
    `${stackName} has changes, which only its keeper, ${keeper}, may deploy; you are ${caller.principalArn}. ` +
      `Run this as the keeper, or deploy the other stacks with --stack. deploy/README.md describes how to change the keeper of ${name}.`,
  )
}
