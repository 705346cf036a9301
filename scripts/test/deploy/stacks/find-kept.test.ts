import t from 'tap'
import { chooseStacks, readStacks } from '../../../deploy/read-stacks.ts'
import { findKept, listKept } from '../../../deploy/stacks/find-kept.ts'
import { isKept } from '../../../deploy/template.ts'
import { prepareDeployment } from '../prepare-deployment.ts'

const deployFolder = new URL('../../../../deploy/', import.meta.url)
const bucket = 'hashgate-test-logs-111122223333-eu-west-1'
const queue = 'https://sqs.eu-west-1.amazonaws.com/111122223333/hashgate-test-processor-failed'

/** The real templates in an environment that is new or was destroyed. */
async function prepareRealStacks(t: Parameters<typeof prepareDeployment>[0]) {
  const stacks = (await readStacks(deployFolder, 'dev')).map((stack) => ({
    ...stack,
    stackName: stack.stackName.replace('-dev-', '-test-'),
  }))
  return { ...(await prepareDeployment(t)), stacks: chooseStacks(stacks, []) }
}

t.test('nothing is found in an account without retained resources', async (t) => {
  const { deployment, stacks } = await prepareRealStacks(t)
  t.strictSame(await findKept(deployment, stacks), [])
})

t.test('retained resources of every kind are found', async (t) => {
  const { deployment, double, stacks } = await prepareRealStacks(t)
  const names = [
    bucket,
    'hashgate-test-catalog',
    '/hashgate/test/gateway',
    'hashgate/test/kafka/gateway-login',
    queue,
  ]
  for (const name of names) double.standing.set(name, {})
  const found = await findKept(deployment, stacks)
  const expected = [...names.slice(0, -1), 'hashgate-test-processor-failed']
  t.strictSame(found.map(({ name }) => name).toSorted(), expected.toSorted())
})

t.test('missing permissions are reported', async (t) => {
  const { deployment, double, stacks } = await prepareRealStacks(t)
  double.refusals.push({
    action: 'GetResource',
    status: 400,
    code: 'AccessDeniedException',
    message: 'not for you',
  })
  await t.rejects(findKept(deployment, stacks), {
    message: /^Could not check whether hashgate-test-artefacts.*: not for you/,
  })
})

t.test('every retained resource with a fixed name is checked', async (t) => {
  const { deployment, stacks } = await prepareRealStacks(t)
  for (const stack of stacks) {
    const kept = Object.values(stack.template.Resources).filter(isKept)
    // Keys have no names, and a bucket policy exists only with its bucket.
    const nameless = ['AWS::KMS::Key', 'AWS::S3::BucketPolicy']
    const withName = kept.filter(({ Type }) => !nameless.includes(Type))
    const names = listKept(deployment, stack).map(({ name }) => name)
    t.equal(names.length, withName.length, stack.name)
    for (const name of names) t.notMatch(name, '$')
  }
})
