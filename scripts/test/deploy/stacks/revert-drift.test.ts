import t, { type Test } from 'tap'
import { deployStacks } from '../../../deploy/stacks/deploy-stacks.ts'
import { planStacks } from '../../../deploy/stacks/plan-stacks.ts'
import { ofStack } from '../aws-double/double-stack.ts'
import { prepareDeployment } from '../prepare-deployment.ts'

const looks = [{ status: 'UPDATE_COMPLETE', events: [ofStack('UPDATE_COMPLETE')] }]
const changed = {
  action: 'Modify',
  id: 'Topic',
  property: 'DisplayName',
  drift: { previous: 'images', actual: 'test' },
}
const deleted = { action: 'Add', id: 'Rule', drift: 'deleted' as const }
const agreed = {
  action: 'SyncWithActual',
  id: 'Function',
  property: 'MemorySize',
  drift: { previous: '128', actual: '512' },
}

/** Prepares an existing stack whose resources were changed manually. */
async function prepareDrift(t: Test, answers: string[] = []) {
  const prepared = await prepareDeployment(t, answers)
  const { double, stacks } = prepared
  double.stacks.set('hashgate-test-network', { status: 'CREATE_COMPLETE', events: [], looks: [] })
  double.outcomes.set('hashgate-test-network', { changes: [changed, deleted, agreed], looks })
  const modes = () =>
    double.requests
      .filter(({ action }) => action === 'CreateChangeSet')
      .map(({ form }) => form.DeploymentMode)
  return { ...prepared, network: stacks.slice(0, 1), modes }
}

t.test('without the option, drift is neither shown nor reverted', async (t) => {
  const { deployment, double, network, said, modes } = await prepareDrift(t)
  await deployStacks(deployment, await planStacks(deployment, network))
  t.equal(said(), 'hashgate-test-network: no changes\nhashgate-test-network: no changes')
  t.notOk(double.actionsAsked().includes('ExecuteChangeSet'))
  t.strictSame(modes(), [undefined, undefined])
})

t.test(
  'with the option, the plan shows each value before and after, and the deployment restores it',
  async (t) => {
    const { deployment, double, network, lines, questions, modes } = await prepareDrift(t)
    const reverting = { ...deployment, revertsDrift: true }
    const plans = await planStacks(reverting, network)
    t.strictSame(lines, [
      'hashgate-test-network: 3 changes',
      '  ~ change    Topic  AWS::Some::Thing (DisplayName)\n      drift: DisplayName was images and is test',
      '  + create    Rule  AWS::Some::Thing\n      drift: it was deleted outside CloudFormation',
      '  = keep      Function  AWS::Some::Thing\n      drift: MemorySize was 128 and is 512; the template agrees',
    ])
    await deployStacks(reverting, plans)
    t.ok(double.actionsAsked().includes('ExecuteChangeSet'))
    t.strictSame(questions, [], 'changes shown by the plan need no confirmation')
    t.strictSame(modes(), ['REVERT_DRIFT', 'REVERT_DRIFT'])
  },
)

t.test('drift that the plan did not show needs another confirmation', async (t) => {
  for (const answer of ['yes', 'no']) {
    const { deployment, double, network, said, questions } = await prepareDrift(t, [answer])
    const [stack] = network
    if (!stack) return t.fail('no stack')
    const deploying = deployStacks({ ...deployment, revertsDrift: true }, [{ stack, changes: [] }])
    if (answer === 'yes') await deploying
    else await t.rejects(deploying, { message: /the changes were not confirmed/ })
    t.match(said(), /did not show these changes:\n {2}~ change {4}Topic .*\n.*\n {2}\+ create {4}Rule/)
    t.notMatch(said(), /keep {6}Function/, 'unchanged resources need no confirmation')
    t.strictSame(questions, ['Continue? (yes/no)'])
    t.equal(double.actionsAsked().includes('ExecuteChangeSet'), answer === 'yes')
  }
})

t.test('the option does not prevent the creation of a new stack', async (t) => {
  const { deployment, double, stacks, said } = await prepareDeployment(t)
  double.outcomes.set('hashgate-test-network', {
    changes: [{ action: 'Add', id: 'Topic' }],
    looks: [{ status: 'CREATE_COMPLETE', events: [ofStack('CREATE_COMPLETE')] }],
  })
  const reverting = { ...deployment, revertsDrift: true }
  await deployStacks(reverting, await planStacks(reverting, stacks.slice(0, 1)))
  t.match(said(), /network: done/)
})

t.test('only the keeper reverts drift of a stack with a keeper', async (t) => {
  const { deployment, double, network } = await prepareDrift(t)
  const stack = double.stacks.get('hashgate-test-network')
  if (stack) stack.parameters = { KeeperRoleArn: 'arn:aws:iam::111122223333:role/keeper' }
  await t.rejects(planStacks({ ...deployment, revertsDrift: true }, network), {
    message: /which only its keeper, .*role\/keeper, may deploy/,
  })
})
