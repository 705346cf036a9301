import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts'
import type { AwsCredentialIdentity } from '@smithy/types'

/**
 * Returns credentials of another role, which a client of the SDK keeps until they expire.
 * @param RoleSessionName names the caller in the logs of the account. @throws Error when the role must not be assumed
 */
export async function assumeRole(
  sts: STSClient,
  RoleArn: string,
  RoleSessionName: string,
): Promise<AwsCredentialIdentity> {
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }))
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
  if (!AccessKeyId || !SecretAccessKey) throw new Error(`STS returned no credentials for ${RoleArn}.`)
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  }
}
