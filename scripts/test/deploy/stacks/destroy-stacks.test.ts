import t, { type Test } from 'tap'
import { destroyStacks } from '../../../deploy/stacks/destroy-stacks.ts'
import { prepareDeployment, templates } from '../prepare-deployment.ts'
import { ofStack } from '../start-aws-double.ts'

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

t.test('a failed deletion stops with its reason', async (t) => {
  const { deployment, double, stacks, deleted } = await prepareStanding(t, ['yes', 'test'])
  double.outcomes.set('hashgate-test-gateway', {
    deletion: [
      { status: 'DELETE_IN_PROGRESS', events: [ofStack('DELETE_IN_PROGRESS')] },
      {
        status: 'DELETE_FAILED',
        events: [{ status: 'DELETE_FAILED', logicalId: 'Topic', reason: 'in use' }],
      },
    ],
  })
  await t.rejects(destroyStacks(deployment, stacks, stacks), {
    message:
      /hashgate-test-gateway could not be deleted.*DELETE_FAILED:\n {2}DELETE_FAILED Topic \(.*\): in use/,
  })
  t.strictSame(deleted(), ['hashgate-test-gateway'])
})

t.test('without stacks there is nothing to confirm', async (t) => {
  const { deployment, stacks, questions, said } = await prepareDeployment(t)
  t.ok(await destroyStacks(deployment, stacks, stacks))
  t.strictSame(questions, [])
  t.match(said(), 'There is nothing to destroy in test.')
})
