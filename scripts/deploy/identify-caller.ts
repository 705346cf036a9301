import { GetRoleCommand } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { Aws } from './connect-aws.ts'

export interface Caller {
  account: string
  region: string
  /** ARN of the role, not of its session, as policies need it. */
  principalArn: string
}

/** Determines account, region and principal. @throws Error if the region is unknown or AWS rejects the credentials */
export async function identifyCaller({ sts, iam }: Pick<Aws, 'sts' | 'iam'>): Promise<Caller> {
  const region = await sts.config.region().catch(() => {
    throw new Error('No AWS region is set. Set AWS_REGION, or region in the AWS profile.')
  })
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand()).catch((error: Error) => {
    throw new Error(
      `AWS rejected the credentials (${error.name}: ${error.message}). Log in, or set AWS_PROFILE.`,
    )
  })
  return { account: Account, region, principalArn: await findPrincipal(iam, Arn) }
}

/** Looks up the role of a session, because the session's ARN lacks the role's path (roles of single sign-on have one). */
async function findPrincipal(iam: Aws['iam'], callerArn: string): Promise<string> {
  const role = /^arn:[\w-]+:sts::\d+:assumed-role\/([^/]+)\//.exec(callerArn)?.[1]
  if (!role) return callerArn
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: role })).catch((error: Error) => {
    const advice = 'Set KeeperRoleArn for storage in deploy/parameters, or permit iam:GetRole'
    throw new Error(`The role ${role} cannot be looked up (${error.message}). ${advice}.`)
  })
  return Role?.Arn ?? callerArn
}
