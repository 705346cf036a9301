import t from 'tap'
import { deployStacks } from '../../../deploy/stacks/deploy-stacks.ts'
import { planStacks } from '../../../deploy/stacks/plan-stacks.ts'
import { prepareDeployment } from '../prepare-deployment.ts'
import { emptyRefusal, ofStack } from '../start-aws-double.ts'

const added = [{ action: 'Add', id: 'Bucket' }]
const created = [{ status: 'CREATE_COMPLETE', events: [ofStack('CREATE_COMPLETE')] }]

t.test('a new environment: planned as far as it can be, then made in order', async (t) => {
  const { deployment, double, stacks, said } = await prepareDeployment(t)
  double.outcomes.set('hashgate-test-network', { changes: added, looks: created })
  double.outcomes.set('hashgate-test-gateway', { changes: added, looks: created })

  const plans = await planStacks(deployment, stacks)
  t.ok(plans.every(({ isNew }) => isNew))
  t.match(said(), /hashgate-test-network: to be created\n {2}\+ create {4}Bucket {2}AWS::Some::Thing/)
  t.match(said(), /hashgate-test-gateway: to be created, once \/hashgate\/test\/network\/vpc-id is written/)
  t.match(said(), /\+ create {4}Topic {2}AWS::SNS::Topic/)
  t.notOk(double.actionsAsked().includes('ExecuteChangeSet'), 'a plan changes nothing')
  t.ok(double.actionsAsked().includes('DeleteStack'), 'and leaves nothing behind')

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

t.test('a slow stack is followed to its end, and each event is told once', async (t) => {
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
      { status: 'UPDATE_COMPLETE' }, // not yet begun
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

t.test('throttling and a lost look are tried again', async (t) => {
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

t.test('a failed stack ends it, with the reasons of what failed', async (t) => {
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
  t.equal(executed.length, 1, 'what comes after is not begun')
})

t.test('a change set that cannot be made says why', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  double.outcomes.set('hashgate-test-network', { refusal: 'Parameter Env is bad' })
  await t.rejects(planStacks(deployment, stacks), {
    message: 'hashgate-test-network cannot be planned: Parameter Env is bad',
  })
})

t.test('where nothing changes, nothing is done', async (t) => {
  const { deployment, double, stacks, said } = await prepareDeployment(t)
  double.stacks.set('hashgate-test-network', { status: 'CREATE_COMPLETE', events: [], looks: [] })
  double.outcomes.set('hashgate-test-network', { refusal: emptyRefusal })
  const plans = await planStacks(deployment, stacks.slice(0, 1))
  t.notOk(plans[0]?.isNew)
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

  t.test('what is under way is waited for', async (t) => {
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
    t.match(said(), /waiting for it\.\n {4}UPDATE_COMPLETE Topic\nhashgate-test-network: no changes/)
  })

  t.test('what could not be created is cleared away', async (t) => {
    const { deployment, double, stacks, said } = await prepareDeployment(t)
    double.stacks.set('hashgate-test-network', { ...stillborn, looks: [] })
    double.outcomes.set('hashgate-test-network', { changes: added })
    const plans = await planStacks(deployment, stacks.slice(0, 1))
    t.match(said(), /to be created anew, after the failure before/)
    await deployStacks(deployment, plans)
    t.match(
      said(),
      /could not be created before \(ROLLBACK_COMPLETE\): clearing it away[\s\S]*: creating …[\s\S]*done/,
    )
    const asked = double.actionsAsked()
    t.ok(asked.indexOf('DeleteStack') < asked.indexOf('CreateChangeSet'))
  })

  t.test('what only a person can mend is said', async (t) => {
    const { deployment, double, stacks } = await prepareDeployment(t)
    double.stacks.set('hashgate-test-network', { ...stuck, looks: [] })
    const [network] = stacks
    if (!network) return t.fail('no stack')
    await t.rejects(deployStacks(deployment, [{ stack: network, changes: [] }]), {
      message: /UPDATE_ROLLBACK_FAILED .*continue-update-rollback --stack-name hashgate-test-network/,
    })
  })
})

t.test('what the plan did not show goes only after another question', async (t) => {
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
    else await t.rejects(deploying, { message: /not deployed, as you said/ })
    t.match(said(), /did not show these:\n {2}! REPLACE {3}Table {2}AWS::Some::Thing \(KeySchema\)/)
    t.strictSame(questions, ['Go on?'])
    t.equal(double.actionsAsked().includes('ExecuteChangeSet'), answer === 'yes')
  }
})

t.test('a stack whose inputs nobody has written is not begun', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  const plans = await planStacks(deployment, stacks.slice(1))
  await t.rejects(deployStacks(deployment, plans), {
    message: /^hashgate-test-gateway: it reads \/hashgate\/test\/network\/vpc-id, which nobody has written/,
  })
  t.notOk(double.actionsAsked().includes('CreateChangeSet'))
})
