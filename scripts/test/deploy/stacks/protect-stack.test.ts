import t from 'tap'
import { readStacks } from '../../../deploy/read-stacks.ts'
import { deployStacks } from '../../../deploy/stacks/deploy-stacks.ts'
import { holdsData } from '../../../deploy/stacks/protect-stack.ts'
import { emptyRefusal, ofStack } from '../aws-double/double-stack.ts'
import { prepareDeployment } from '../prepare-deployment.ts'

const changes = [{ action: 'Add', id: 'Bucket' }]
const status = 'CREATE_COMPLETE'

t.test('a stack with data is protected once it is deployed', async (t) => {
  const { deployment, double, stacks } = await prepareDeployment(t)
  const [network] = stacks
  if (!network) return t.fail('no stack')
  const name = network.stackName
  double.outcomes.set(name, { changes, looks: [{ status, events: [ofStack(status)] }] })
  await deployStacks(deployment, [{ stack: network, changes: [] }])
  t.equal(double.stacks.get(name)?.isProtected, true)
})

t.test('a stack without changes is protected unless it already is', async (t) => {
  for (const isProtected of [true, false]) {
    const { deployment, double, stacks } = await prepareDeployment(t)
    const [network] = stacks
    if (!network) return t.fail('no stack')
    double.stacks.set(network.stackName, { status, events: [], looks: [], isProtected })
    double.outcomes.set(network.stackName, { refusal: emptyRefusal })
    await deployStacks(deployment, [{ stack: network, changes: [] }])
    t.equal(double.actionsAsked().includes('UpdateTerminationProtection'), !isProtected)
    t.equal(double.stacks.get(network.stackName)?.isProtected, true)
  }
})

t.test('the stacks with retained data are protected', async (t) => {
  const stacks = await readStacks(new URL('../../../../deploy/', import.meta.url), 'dev')
  const names = stacks.filter(holdsData).map(({ name }) => name)
  t.strictSame(names, [
    'foundation',
    'kafka',
    'kafka-cluster',
    'metadata',
    'storage',
    'cdn',
    'reports',
    'canary',
  ])
})
