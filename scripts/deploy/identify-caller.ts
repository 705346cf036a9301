import { GetRoleCommand } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { Aws } from './connect-aws.ts'

export interface Caller {
  account: string
  region: string
  /** As policies name it: of the role, not of its session. */
  principalArn: string
}

/** Who deploys, and where to. @throws Error with what to do when AWS does not know the caller */
export async function identifyCaller({ sts, iam }: Pick<Aws, 'sts' | 'iam'>): Promise<Caller> {
  const region = await sts.config.region().catch(() => {
    throw new Error('Which region? Set AWS_REGION, or region in the AWS profile.')
  })
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand()).catch((error: Error) => {
    throw new Error(
      `AWS does not take these credentials (${error.name}: ${error.message}). Log in, or set AWS_PROFILE.`,
    )
  })
  return { account: Account, region, principalArn: await findPrincipal(iam, Arn) }
}

/** The ARN of a session lacks the path that its role may have, as those of single sign-on do. */
async function findPrincipal(iam: Aws['iam'], callerArn: string): Promise<string> {
  const role = /^arn:[\w-]+:sts::\d+:assumed-role\/([^/]+)\//.exec(callerArn)?.[1]
  if (!role) return callerArn
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: role })).catch((error: Error) => {
    const advice = 'Set KeeperRoleArn for storage in deploy/parameters, or permit iam:GetRole'
    throw new Error(`The role ${role} cannot be looked up (${error.message}). ${advice}.`)
  })
  return Role?.Arn ?? callerArn
}
