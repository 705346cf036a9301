import t, { type Test } from 'tap'
import { destroyStacks } from '../../../deploy/stacks/destroy-stacks.ts'
import { ofStack } from '../aws-double/double-stack.ts'
import { prepareDeployment, templates } from '../prepare-deployment.ts'

async function prepareStanding(t: Test, answers: string[]) {
  const prepared = await prepareDeployment(t, answers)
  for (const [name, body] of Object.entries(templates)) {
    prepared.double.stacks.set(`hashgate-test-${name}`, {
      status: 'CREATE_COMPLETE',
      events: [ofStack('CREATE_COMPLETE')],
      looks: [],
      body,
    })
  }
  const deleted = () =>
    prepared.double.requests
      .filter(({ action }) => action === 'DeleteStack')
      .map(({ form }) => form.StackName?.split('/')[1])
  return { ...prepared, deleted }
}

t.test('stacks are deleted in reverse order and retained resources are listed', async (t) => {
  const { deployment, stacks, said, questions, deleted } = await prepareStanding(t, ['yes', 'test'])
  t.ok(await destroyStacks(deployment, stacks, stacks))
  t.strictSame(deleted(), ['hashgate-test-gateway', 'hashgate-test-network'])
  t.match(questions, [
    /^Destroy these 2 stacks of test in account 111122223333, eu-west-1\?/,
    /Type the name/,
  ])
  t.match(
    said(),
    /hashgate-test-network: 1 resources to remove, 1 to keep\n {2}- remove {4}Topic.*\n {4}keep {6}Bucket/,
  )
  t.match(
    said(),
    /The retained resources cost money.*\n {2}Bucket {2}AWS::Some::Thing {2}hashgate-test-gateway-Bucket/,
  )
})

t.test('nothing is destroyed without two confirmations', async (t) => {
  for (const answers of [[], ['no'], ['yes', ''], ['yes', 'yes'], ['yes', 'prod']]) {
    const { deployment, stacks, said, deleted } = await prepareStanding(t, answers)
    t.notOk(await destroyStacks(deployment, stacks, stacks), answers.join())
    t.strictSame(deleted(), [])
    t.match(said(), /Nothing was destroyed/)
  }
})

t.test('a stack whose outputs are read is not destroyed', async (t) => {
  const { deployment, stacks, deleted } = await prepareStanding(t, ['yes', 'test'])
  await t.rejects(destroyStacks(deployment, stacks.slice(0, 1), stacks), {
    message: 'hashgate-test-gateway still reads outputs of network. Destroy gateway first.',
  })
  t.strictSame(deleted(), [])
})

const failure = (reason: string) => [
  { status: 'DELETE_IN_PROGRESS', events: [ofStack('DELETE_IN_PROGRESS')] },
  { status: 'DELETE_FAILED', events: [{ status: 'DELETE_FAILED', logicalId: 'Group', reason }] },
]
const gone = [{ status: 'DELETE_COMPLETE', events: [ofStack('DELETE_COMPLETE')] }]
const heldGroup = failure('resource sg-1 has a dependent object (Service: Ec2, Status Code: 400)')
const heldSubnet = failure("The subnet 'subnet-1' has dependencies and cannot be deleted.")

t.test('a failed deletion stops with its reason', async (t) => {
  const { deployment, double, stacks, deleted } = await prepareStanding(t, ['yes', 'test'])
  double.outcomes.set('hashgate-test-gateway', { deletions: [failure('not permitted')] })
  await t.rejects(destroyStacks(deployment, stacks, stacks), {
    message:
      /hashgate-test-gateway could not be deleted.*DELETE_FAILED:\n {2}DELETE_FAILED Group \(.*\): not permitted\nRun the same/,
  })
  t.strictSame(deleted(), ['hashgate-test-gateway'])
})

t.test(
  'a deletion blocked by network interfaces of Lambda is repeated and the reason is shown',
  async (t) => {
    const { deployment, double, stacks, deleted, said } = await prepareStanding(t, ['yes', 'test'])
    double.outcomes.set('hashgate-test-network', { deletions: [heldGroup, heldSubnet, gone] })
    t.ok(await destroyStacks(deployment, stacks, stacks))
    const network = 'hashgate-test-network'
    t.strictSame(deleted(), ['hashgate-test-gateway', network, network, network])
    t.match(
      said(),
      /DELETE_FAILED Group .*dependent object.*\n.*up to 40 minutes.*\(1 of 24\)[\s\S]*has dependencies[\s\S]*\(2 of 24\)/,
    )
  },
)

t.test('the deletion fails if the interfaces remain after all attempts', async (t) => {
  const { deployment, double, stacks, deleted } = await prepareStanding(t, ['yes', 'test'])
  double.outcomes.set('hashgate-test-network', { deletions: [heldGroup] })
  await t.rejects(destroyStacks(deployment, stacks, stacks), { message: /network could not be deleted/ })
  t.equal(deleted().filter((name) => name === 'hashgate-test-network').length, 25)
})

t.test('a deletion with an additional failure is not repeated', async (t) => {
  const { deployment, double, stacks, deleted } = await prepareStanding(t, ['yes', 'test'])
  const [begun, failed] = heldGroup
  const other = { status: 'DELETE_FAILED', logicalId: 'Key', reason: 'not permitted' }
  const both = [begun, { status: 'DELETE_FAILED', events: [...(failed?.events ?? []), other] }]
  double.outcomes.set('hashgate-test-gateway', { deletions: [both.filter((look) => look !== undefined)] })
  await t.rejects(destroyStacks(deployment, stacks, stacks), { message: /not permitted/ })
  t.equal(deleted().length, 1)
})

t.test('termination protection is turned off only once the destruction is confirmed', async (t) => {
  for (const answer of ['no', 'yes']) {
    const { deployment, double, stacks, deleted } = await prepareStanding(t, [answer, 'test'])
    const stack = double.stacks.get('hashgate-test-network')
    if (stack) stack.isProtected = true
    t.equal(await destroyStacks(deployment, stacks, stacks), answer === 'yes')
    t.equal(double.actionsAsked().includes('UpdateTerminationProtection'), answer === 'yes')
    t.equal(deleted().length, answer === 'yes' ? 2 : 0)
  }
})

t.test('another run continues with a stack whose deletion failed', async (t) => {
  const { deployment, double, stacks, deleted } = await prepareStanding(t, ['yes', 'test'])
  double.stacks.delete('hashgate-test-gateway')
  const stack = double.stacks.get('hashgate-test-network')
  if (stack) stack.status = 'DELETE_FAILED'
  t.ok(await destroyStacks(deployment, stacks, stacks))
  t.strictSame(deleted(), ['hashgate-test-network'])
})

t.test('without stacks there is nothing to confirm', async (t) => {
  const { deployment, stacks, questions, said } = await prepareDeployment(t)
  t.ok(await destroyStacks(deployment, stacks, stacks))
  t.strictSame(questions, [])
  t.match(said(), 'There is nothing to destroy in test.')
})
