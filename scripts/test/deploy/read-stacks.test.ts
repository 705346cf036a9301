import { writeFile } from 'node:fs/promises'
import t from 'tap'
import { chooseStacks, readStacks } from '../../deploy/read-stacks.ts'
import { resolveParameters } from '../../deploy/resolve-parameters.ts'
import { prepareDeployment } from './prepare-deployment.ts'

t.test('stacks are selected by name and keep their order', async (t) => {
  const { stacks } = await prepareDeployment(t)
  t.strictSame(
    chooseStacks(stacks, ['gateway', 'network']).map(({ stackName }) => stackName),
    ['hashgate-test-network', 'hashgate-test-gateway'],
  )
  t.equal(chooseStacks(stacks, []).length, 2)
  t.throws(() => chooseStacks(stacks, ['gatway']), {
    message: 'Unknown stack "gatway". Stacks: network, gateway.',
  })
})

t.test('an optional stack is deployed where the environment has a section for it', async (t) => {
  const { folder, directory } = await prepareDeployment(t)
  t.strictSame(nameAll(chooseStacks(await readStacks(folder, 'test'), [])), ['network', 'gateway'])
  await writeFile(`${directory}/parameters/full.json`, '{"extra":{}}')
  t.strictSame(nameAll(chooseStacks(await readStacks(folder, 'full'), [])), [
    'network',
    'gateway',
    'extra',
    'extra-alarms',
  ])
  t.strictSame(nameAll(chooseStacks(await readStacks(folder, 'test'), ['extra'])), ['extra'])
})

const nameAll = (stacks: { name: string }[]) => stacks.map(({ name }) => name)

t.test('a missing or invalid parameter file is an error', async (t) => {
  const { folder, directory } = await prepareDeployment(t)
  await t.rejects(readStacks(folder, 'Prod!'), { message: /--env must be 2 to 8 lower-case letters/ })
  await t.rejects(readStacks(folder, 'prod'), { message: /parameters\/prod\.json is missing/ })
  await writeFile(`${directory}/parameters/bad.json`, '{')
  await t.rejects(readStacks(folder, 'bad'), { message: /parameters\/bad\.json is not valid JSON/ })
  await writeFile(`${directory}/parameters/odd.json`, '{"gatway":{}}')
  await t.rejects(readStacks(folder, 'odd'), { message: /has a section for an unknown stack, "gatway"/ })
  await writeFile(`${directory}/parameters/alone.json`, '{"extra-alarms":{}}')
  await t.rejects(readStacks(folder, 'alone'), {
    message:
      'deploy/parameters/alone.json has a section "extra-alarms", which is deployed only with "extra". Add a section "extra".',
  })
})

t.test('values come from the environment, then from the deployment, then from other stacks', async (t) => {
  const { stacks } = await prepareDeployment(t)
  const gateway = stacks[1]
  if (!gateway) return t.fail('no stack')
  t.strictSame(resolveParameters(gateway, 'test', { Env: 'test', Unasked: 'x', DomainName: 'no' }), {
    Env: 'test',
    DomainName: 'images.example.com',
    VpcId: '/hashgate/test/network/vpc-id',
    ImageId: '/aws/service/image',
  })
  const given = { VpcId: '/mine/vpc', DomainName: 'd', Size: '5' }
  t.match(resolveParameters({ ...gateway, given }, 'test', { Env: 'test' }), given)
  t.throws(() => resolveParameters({ ...gateway, given: {} }, 'test', { Env: 'test' }), {
    message: 'gateway needs DomainName: set it in deploy/parameters/test.json.',
  })
  t.throws(() => resolveParameters({ ...gateway, given: { Domain: 'd' } }, 'test', {}), {
    message: 'deploy/parameters/test.json: gateway has no parameter "Domain".',
  })
})
