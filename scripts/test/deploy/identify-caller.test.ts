import t from 'tap'
import { identifyCaller } from '../../deploy/identify-caller.ts'
import { startAwsDouble } from './aws-double/start-aws-double.ts'

t.test('account, region and principal are determined', async (t) => {
  const { aws } = await startAwsDouble(t)
  t.strictSame(await identifyCaller(aws), {
    account: '111122223333',
    region: 'eu-west-1',
    principalArn: 'arn:aws:iam::111122223333:user/ada',
  })
})

t.test('rejected credentials are reported in one sentence', async (t) => {
  const { aws, refusals } = await startAwsDouble(t)
  for (const code of ['InvalidClientTokenId', 'ExpiredToken', 'SignatureDoesNotMatch']) {
    refusals.push({ action: 'GetCallerIdentity', status: 403, code, message: 'The token is not valid.' })
    await t.rejects(identifyCaller(aws), {
      message: /^AWS rejected the credentials \(.*The token is not valid\.\)\. Log in, or set AWS_PROFILE\.$/,
    })
  }
})

t.test("the role of a session is looked up, because the session's ARN lacks the path", async (t) => {
  const { aws, calledAs, roles } = await startAwsDouble(t)
  calledAs('arn:aws:sts::111122223333:assumed-role/Deployer/ada')
  roles.set('Deployer', 'arn:aws:iam::111122223333:role/people/Deployer')
  t.equal((await identifyCaller(aws)).principalArn, 'arn:aws:iam::111122223333:role/people/Deployer')

  calledAs('arn:aws:sts::111122223333:assumed-role/Hidden/ada')
  await t.rejects(identifyCaller(aws), { message: /role Hidden cannot be looked up .*Set KeeperRoleArn/ })
})
