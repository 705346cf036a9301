import { GetRoleCommand, NoSuchEntityException } from '@aws-sdk/client-iam'
import { type CheckContext, findParameter, isNew } from './check-context.ts'
import { answered, type Finding, type Verdict } from './finding.ts'

/** Checks that the caller may change the stack with the buckets, and that a keeper named in the parameters exists. */
export async function checkKeeper(context: CheckContext): Promise<Finding[]> {
  const parameter = findParameter(context, 'KeeperRoleArn')
  if (!parameter) return []
  const { stack } = parameter
  const { caller, aws } = context.deployment
  const you = caller.principalArn
  const say = (verdict: Verdict, text: string): Finding[] => [{ subject: 'caller', verdict, text }]
  const given = stack.given.KeeperRoleArn
  const role = /:role\/(?:.*\/)?([^/]+)$/.exec(given ?? '')?.[1]
  if (role) {
    const asked = aws.iam.send(new GetRoleCommand({ RoleName: role })).catch((error: Error) => {
      if (error instanceof NoSuchEntityException) return undefined
      throw error
    })
    const found = await answered('iam:GetRole', asked)
    if (found?.Role?.Arn !== given)
      return say(
        'fails',
        `${stack.name}.KeeperRoleArn is ${given}, which does not exist: no one could change the buckets`,
      )
  }
  const keeper = context.found.get(stack.name)?.parameters.KeeperRoleArn
  if (isNew(context, stack) || !keeper) return say('ok', describeNewKeeper(given ?? you, you))
  if ([keeper, given].includes(you)) return say('ok', `you are the keeper of ${stack.name}`)
  return say(
    'note',
    `only ${keeper} may change ${stack.name}; you are ${you}. If it has changes, run this as the keeper, or deploy the others with --stack`,
  )
}

function describeNewKeeper(keeper: string, you: string): string {
  return keeper === you
    ? `you become the keeper of the buckets: ${you}`
    : `the keeper of the buckets will be ${keeper}`
}
