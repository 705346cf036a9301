import t, { type Test } from 'tap'
import { deployStacks } from '../../../deploy/stacks/deploy-stacks.ts'
import { refuseNewValues } from '../../../deploy/stacks/fixed-parameters.ts'
import { planStacks } from '../../../deploy/stacks/plan-stacks.ts'
import { parseTemplate } from '../../../deploy/template.ts'
import { emptyRefusal, ofStack } from '../aws-double/double-stack.ts'
import { prepareDeployment } from '../prepare-deployment.ts'

const keeper = 'arn:aws:iam::111122223333:role/deployments'
const ada = 'arn:aws:iam::111122223333:user/ada'

/** Prepares an existing stack with these parameter values, which Ada deploys. */
async function prepareStack(t: Test, parameters: Record<string, string>, given: Record<string, string> = {}) {
  const prepared = await prepareDeployment(t)
  const { double, stacks } = prepared
  const names = ['KeeperRoleArn', 'TopicPrefix'].map((name) => `  ${name}: { Type: String, Default: prod }`)
  const body = `Parameters:\n${names.join('\n')}\nResources:\n  Bucket: { Type: AWS::S3::Bucket }\n`
  const [network] = stacks
  if (!network) throw new Error('no stack')
  const stack = { ...network, body, template: parseTemplate(body), given }
  const status = 'CREATE_COMPLETE'
  double.stacks.set(stack.stackName, { status, events: [ofStack(status)], looks: [], parameters })
  const sent = (name: string) => {
    const { form = {} } = double.requests.findLast(({ action }) => action === 'CreateChangeSet') ?? {}
    const key =
      Object.keys(form).find((field) => field.endsWith('ParameterKey') && form[field] === name) ?? ''
    return form[key.replace('ParameterKey', 'ParameterValue')]
  }
  return { ...prepared, stack, sent }
}

const changed = { changes: [{ action: 'Modify', id: 'Policy' }] }

t.test('an existing stack keeps its keeper when another principal deploys it', async (t) => {
  const { deployment, double, stack, sent } = await prepareStack(t, { KeeperRoleArn: keeper })
  double.outcomes.set(stack.stackName, { refusal: emptyRefusal })
  const plans = await planStacks(deployment, [stack])
  await deployStacks(deployment, plans)
  t.equal(sent('KeeperRoleArn'), keeper)
})

t.test('only the keeper may change a stack that has one', async (t) => {
  const { deployment, double, stack } = await prepareStack(t, { KeeperRoleArn: keeper })
  double.outcomes.set(stack.stackName, changed)
  const message = new RegExp(
    `only its keeper, ${keeper}, may deploy; you are ${ada}\\. Run this as the keeper`,
  )
  await t.rejects(planStacks(deployment, [stack]), { message })
  await t.rejects(deployStacks(deployment, [{ stack, changes: [] }]), { message })
  t.notOk(double.actionsAsked().includes('ExecuteChangeSet'))

  const asKeeper = { ...deployment, caller: { ...deployment.caller, principalArn: keeper } }
  await deployStacks(asKeeper, await planStacks(asKeeper, [stack]))
  t.ok(double.actionsAsked().includes('ExecuteChangeSet'))
})

t.test('the keeper can name another principal as the keeper', async (t) => {
  const next = 'arn:aws:iam::111122223333:role/next'
  const { deployment, double, stack, sent } = await prepareStack(
    t,
    { KeeperRoleArn: ada },
    { KeeperRoleArn: next },
  )
  double.outcomes.set(stack.stackName, changed)
  await deployStacks(deployment, await planStacks(deployment, [stack]))
  t.equal(sent('KeeperRoleArn'), next)
})

t.test('a caller whom the parameters name as keeper can recover a locked-out environment', async (t) => {
  const { deployment, double, stack, sent } = await prepareStack(
    t,
    { KeeperRoleArn: keeper },
    { KeeperRoleArn: ada },
  )
  double.outcomes.set(stack.stackName, changed)
  await deployStacks(deployment, await planStacks(deployment, [stack]))
  t.equal(sent('KeeperRoleArn'), ada)
})

t.test('the principal that first deploys a stack becomes its keeper', async (t) => {
  const { deployment, double, stack, sent } = await prepareStack(t, {})
  double.stacks.delete(stack.stackName)
  double.outcomes.set(stack.stackName, changed)
  await planStacks(deployment, [stack])
  t.equal(sent('KeeperRoleArn'), ada)
})

t.test('the topic prefix of an existing stack cannot change', async (t) => {
  for (const given of [{}, { TopicPrefix: 'other' }] as Record<string, string>[]) {
    const { deployment, double, stack } = await prepareStack(t, { TopicPrefix: 'first' }, given)
    double.outcomes.set(stack.stackName, changed)
    await t.rejects(planStacks(deployment, [stack]), {
      message:
        /: TopicPrefix cannot change from "first" to "(prod|other)"\. Lambda would continue to read the old topics/,
    })
    t.notOk(double.actionsAsked().includes('CreateChangeSet'))
  }
  const { deployment, double, stack } = await prepareStack(t, { TopicPrefix: 'prod' })
  double.outcomes.set(stack.stackName, changed)
  await planStacks(deployment, [stack])
  t.ok(double.actionsAsked().includes('CreateChangeSet'))
})

t.test('a stack that reads the topic prefix of another one is not checked', async (t) => {
  const { stack } = await prepareStack(t, {})
  const body = `Parameters:
  TopicPrefix: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /hashgate/dev/kafka/topic-prefix }
Resources: {}
`
  const found = { stackId: '1', status: 'CREATE_COMPLETE', parameters: { TopicPrefix: 'hashgate.' } } as const
  const values = { TopicPrefix: '/hashgate/test/kafka/topic-prefix' }
  t.doesNotThrow(() => refuseNewValues({ ...stack, template: parseTemplate(body) }, values, found))
})

t.test('a template without the fixed parameter is not checked', async (t) => {
  const { stack } = await prepareStack(t, {})
  const template = parseTemplate('Resources: {}')
  const found = { stackId: '1', status: 'CREATE_COMPLETE', parameters: { TopicPrefix: 'hashgate.' } } as const
  t.doesNotThrow(() => refuseNewValues({ ...stack, template }, {}, found))
})
