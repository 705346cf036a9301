import t from 'tap'
import { deployStacks } from '../../../deploy/stacks/deploy-stacks.ts'
import { planStacks } from '../../../deploy/stacks/plan-stacks.ts'
import { emptyRefusal, ofStack } from '../aws-double/double-stack.ts'
import { prepareDeployment } from '../prepare-deployment.ts'

const added = [{ action: 'Add', id: 'Bucket' }]
const created = [{ status: 'CREATE_COMPLETE', events: [ofStack('CREATE_COMPLETE')] }]

t.test('a new environment is planned until an input is missing, then created in order', async (t) => {
  const { deployment, double, stacks, said } = await prepareDeployment(t)
  double.outcomes.set('hashgate-test-network', { changes: added, looks: created })
  double.outcomes.set('hashgate-test-gateway', { changes: added, looks: created })

  const plans = await planStacks(deployment, stacks)
  t.match(said(), /hashgate-test-network: to be created\n {2}\+ create {4}Bucket {2}AWS::Some::Thing/)
  t.match(said(), /hashgate-test-gateway: to be created, once \/hashgate\/test\/network\/vpc-id exists/)
  t.match(said(), /\+ create {4}Topic {2}AWS::SNS::Topic/)
  t.notOk(double.actionsAsked().includes('ExecuteChangeSet'), 'a plan changes nothing')
  t.ok(double.actionsAsked().includes('DeleteStack'), 'a plan leaves no empty stack behind')

  double.parameters.set('/hashgate/test/network/vpc-id', 'vpc-1')
  await deployStacks(deployment, plans)
  t.match(said(), /network: done[\s\S]*gateway: creating[\s\S]*gateway: done/)
  const form = double.requests.findLast(({ action }) => action === 'CreateChangeSet')?.form ?? {}
  t.match(form, {
    StackName: 'hashgate-test-gateway',
    ChangeSetType: 'CREATE',
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
  })
  const given = Object.entries(form)
    .filter(([name]) => name.endsWith('.ParameterKey'))
    .map(([name, key]) => [key, form[name.replace('Key', 'Value')]])
  t.strictSame(Object.fromEntries(given), {
    Env: 'test',
    DomainName: 'images.example.com',
    VpcId: '/hashgate/test/network/vpc-id',
    ImageId: '/aws/service/image',
  })
  const execution = double.requests.findLast(({ action }) => action === 'ExecuteChangeSet')
  t.equal(execution?.form.RetainExceptOnCreate, 'true')
})

t.test('a slow stack is followed to its end, and each event is printed once', async (t) => {
  const { deployment, double, stacks, said, lines } = await prepareDeployment(t)
  double.stacks.set('hashgate-test-network', {
    status: 'UPDATE_COMPLETE',
    events: [ofStack('UPDATE_COMPLETE'), { status: 'UPDATE_COMPLETE', logicalId: 'OfYesterday' }],
    looks: [],
  })
  const topic = { status: 'CREATE_COMPLETE', logicalId: 'Topic' }
  double.outcomes.set('hashgate-test-network', {
    changes: added,
    looks: [
      { status: 'UPDATE_COMPLETE' }, // the update has not begun yet
      { status: 'UPDATE_IN_PROGRESS', events: [ofStack('UPDATE_IN_PROGRESS')] },
      { status: 'UPDATE_IN_PROGRESS', events: [topic] },
      { status: 'UPDATE_IN_PROGRESS' },
      { status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' },
      { status: 'UPDATE_COMPLETE', events: [ofStack('UPDATE_COMPLETE')] },
    ],
  })
  await deployStacks(deployment, await planStacks(deployment, stacks.slice(0, 1)))
  t.match(said(), /network: changing …\n {4}CREATE_COMPLETE Topic\nhashgate-test-network: done/)
  t.equal(lines.filter((line) => line.includes('Topic')).length, 1)
  t.notMatch(said(), /OfYesterday/)
})

t.test('throttling and failed polls are retried', async (t) => {
  const { deployment, double, stacks, said } = await prepareDeployment(t)
  double.outcomes.set('hashgate-test-network', { changes: added, looks: created })
  const [network] = stacks
  if (!network) return t.fail('no stack')
  const throttled = { status: 400, code: 'Throttling', message: 'Rate exceeded' }
  double.refusals.push({ action: 'DescribeStackEvents', ...throttled })
  double.refusals.push({ action: 'CreateChangeSet', status: 500, code: 'InternalFailure', message: 'oops' })
  await deployStacks(deployment, [{ stack: network, changes: [] }])
  t.match(said(), /network: done/)
})

t.test('a failed stack stops the deployment with the reasons', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  double.parameters.set('/hashgate/test/network/vpc-id', 'vpc-1')
  double.outcomes.set('hashgate-test-network', {
    changes: added,
    looks: [
      { status: 'CREATE_IN_PROGRESS', events: [ofStack('CREATE_IN_PROGRESS')] },
      {
        status: 'ROLLBACK_IN_PROGRESS',
        events: [
          {
            status: 'CREATE_FAILED',
            logicalId: 'Bucket',
            type: 'AWS::S3::Bucket',
            reason: 'name <is> taken',
          },
          { status: 'CREATE_FAILED', logicalId: 'Topic', reason: 'Resource creation cancelled' },
        ],
      },
      { status: 'ROLLBACK_COMPLETE', events: [ofStack('ROLLBACK_COMPLETE')] },
    ],
  })
  const plans = await planStacks(deployment, stacks)
  await t.rejects(deployStacks(deployment, plans), {
    message:
      'hashgate-test-network: It ended as ROLLBACK_COMPLETE:\n  CREATE_FAILED Bucket (AWS::S3::Bucket): name <is> taken',
  })
  const executed = double.actionsAsked().filter((action) => action === 'ExecuteChangeSet')
  t.equal(executed.length, 1, 'the next stack is not deployed')
})

t.test('a failed change set is reported with its reason', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  double.outcomes.set('hashgate-test-network', { refusal: 'Parameter Env is bad' })
  await t.rejects(planStacks(deployment, stacks), {
    message: 'hashgate-test-network could not be planned: Parameter Env is bad',
  })
})

t.test('stacks without changes are not deployed', async (t) => {
  const { deployment, double, stacks, said } = await prepareDeployment(t)
  double.stacks.set('hashgate-test-network', { status: 'CREATE_COMPLETE', events: [], looks: [] })
  double.outcomes.set('hashgate-test-network', { refusal: emptyRefusal })
  const plans = await planStacks(deployment, stacks.slice(0, 1))
  await deployStacks(deployment, plans)
  t.equal(said(), 'hashgate-test-network: no changes\nhashgate-test-network: no changes')
  t.notOk(double.actionsAsked().includes('ExecuteChangeSet'))
  t.equal(double.actionsAsked().filter((action) => action === 'DeleteChangeSet').length, 2)
})

t.test('an interrupted run is continued', async (t) => {
  const [busy, stillborn, stuck] = [
    { status: 'UPDATE_IN_PROGRESS', events: [ofStack('UPDATE_IN_PROGRESS')] },
    { status: 'ROLLBACK_COMPLETE', events: [ofStack('ROLLBACK_COMPLETE')] },
    { status: 'UPDATE_ROLLBACK_FAILED', events: [] },
  ]

  t.test('an operation in progress is awaited', async (t) => {
    const { deployment, double, stacks, said } = await prepareDeployment(t)
    double.outcomes.set('hashgate-test-network', { refusal: emptyRefusal })
    double.stacks.set('hashgate-test-network', {
      ...busy,
      looks: [
        busy,
        busy,
        { status: 'UPDATE_COMPLETE', events: [{ status: 'UPDATE_COMPLETE', logicalId: 'Topic' }] },
      ],
    })
    const plans = await planStacks(deployment, stacks.slice(0, 1))
    t.match(said(), /busy with an earlier run/)
    await deployStacks(deployment, plans)
    t.match(said(), /waiting\.\n {4}UPDATE_COMPLETE Topic\nhashgate-test-network: no changes/)
  })

  t.test('a stack whose creation failed is deleted first', async (t) => {
    const { deployment, double, stacks, said } = await prepareDeployment(t)
    double.stacks.set('hashgate-test-network', { ...stillborn, looks: [] })
    double.outcomes.set('hashgate-test-network', { changes: added })
    const plans = await planStacks(deployment, stacks.slice(0, 1))
    t.match(said(), /to be recreated after a failed creation/)
    await deployStacks(deployment, plans)
    t.match(said(), /is ROLLBACK_COMPLETE after a failed creation: deleting it[\s\S]*: creating …[\s\S]*done/)
    const asked = double.actionsAsked()
    t.ok(asked.indexOf('DeleteStack') < asked.indexOf('CreateChangeSet'))
  })

  t.test('a state that needs the operator is an error', async (t) => {
    const { deployment, double, stacks } = await prepareDeployment(t)
    double.stacks.set('hashgate-test-network', { ...stuck, looks: [] })
    const [network] = stacks
    if (!network) return t.fail('no stack')
    await t.rejects(deployStacks(deployment, [{ stack: network, changes: [] }]), {
      message: /UPDATE_ROLLBACK_FAILED .*continue-update-rollback --stack-name hashgate-test-network/,
    })
  })
})

t.test('removals that the plan did not show need another confirmation', async (t) => {
  const looks = [{ status: 'UPDATE_COMPLETE', events: [ofStack('UPDATE_COMPLETE')] }]
  const changes = [{ action: 'Modify', id: 'Table', replacement: 'True', property: 'KeySchema' }]
  for (const answer of ['yes', 'no', '']) {
    const { deployment, double, stacks, said, questions } = await prepareDeployment(t, [answer])
    double.stacks.set('hashgate-test-network', { status: 'CREATE_COMPLETE', events: [], looks: [] })
    double.outcomes.set('hashgate-test-network', { changes, looks })
    const [network] = stacks
    if (!network) return t.fail('no stack')
    const deploying = deployStacks(deployment, [{ stack: network, changes: [] }])
    if (answer === 'yes') await deploying
    else await t.rejects(deploying, { message: /not deployed: the changes were not confirmed/ })
    t.match(said(), /did not show these changes:\n {2}! REPLACE {3}Table {2}AWS::Some::Thing \(KeySchema\)/)
    t.strictSame(questions, ['Continue? (yes/no)'])
    t.equal(double.actionsAsked().includes('ExecuteChangeSet'), answer === 'yes')
  }
})

t.test('a stack with missing inputs is not deployed', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  const plans = await planStacks(deployment, stacks.slice(1))
  await t.rejects(deployStacks(deployment, plans), {
    message: /^hashgate-test-gateway: its input \/hashgate\/test\/network\/vpc-id does not exist/,
  })
  t.notOk(double.actionsAsked().includes('CreateChangeSet'))
})

t.test('a plan that CloudFormation refuses shows each reason and leaves no empty stack', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  const invalid = { Bucket: 'It already exists.', Topic: 'Its name is too long.' }
  double.outcomes.set('hashgate-test-network', { invalid })
  await t.rejects(planStacks(deployment, stacks), {
    message:
      /^hashgate-test-network could not be planned: .*\n {2}Bucket \(AWS::Some::Thing\): It already exists\.\n {2}Topic /,
  })
  t.equal(double.stacks.get('hashgate-test-network')?.looks.at(-1)?.status, 'DELETE_COMPLETE')
})

t.test('a refused plan shows the general reason when the others cannot be read', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  double.outcomes.set('hashgate-test-network', { invalid: { Bucket: 'It already exists.' } })
  double.refusals.push({ action: 'DescribeEvents', status: 403, code: 'AccessDenied', message: 'not yours' })
  await t.rejects(planStacks(deployment, stacks), {
    message: /validation failed: .*\n {2}The reasons could not be read: not yours$/,
  })
})
