import t from 'tap'
import { modelDeployment } from '../../../../deploy/model/model-deployment.ts'
import { checkQuotas } from '../../../deploy/check/check-quotas.ts'
import type { Finding } from '../../../deploy/check/finding.ts'
import { prepareCheck } from './prepare-check.ts'

const of = (findings: Finding[], name: string) => findings.find(({ subject }) => subject === `quota: ${name}`)

t.test('the remaining Elastic IPs and VPCs must suffice', async (t) => {
  const { context, double } = await prepareCheck(t, ['network'])
  const before = await checkQuotas(context)
  t.match(of(before, 'Elastic IPs'), { verdict: 'ok', text: '3 needed, 5 left of 5' })
  double.account.counts.set('AWS::EC2::EIP', 3)
  double.account.counts.set('AWS::EC2::VPC', 5)
  const after = await checkQuotas(context)
  t.match(of(after, 'Elastic IPs'), { verdict: 'fails', text: '3 needed, 2 left of 5: request an increase' })
  t.match(of(after, 'VPCs'), { verdict: 'fails', text: '1 needed, 0 left of 5: request an increase' })
})

t.test('the number of Elastic IPs matches the template', async (t) => {
  const edge = { DomainName: 'images.acme.io', HostedZoneId: 'Z1' }
  for (const Zones of ['2', '3']) {
    for (const NatPerZone of ['yes', 'no']) {
      const network = { Zones, NatPerZone }
      const { context } = await prepareCheck(t, ['network'], { network })
      const models = modelDeployment('dev', { network, kafka: { ReferenceCluster: 'yes' }, edge })
      const resources = models.flatMap((model) => Object.values(model.resources))
      const count = resources.filter(({ Type }) => Type === 'AWS::EC2::EIP').length
      const finding = of(await checkQuotas(context), 'Elastic IPs')
      t.match(finding, { text: `${count} needed` }, `${Zones} zones, NAT in each: ${NatPerZone}`)
    }
  }
})

t.test('vCPUs must suffice for gateways and brokers', async (t) => {
  const cases: [gateway: Record<string, string>, broker: string, verdict: string, text: RegExp][] = [
    [{ MinInstances: '1' }, 'm7g.medium', 'ok', /^4 needed of 5/],
    [{}, 'm7g.medium', 'note', /^5 needed of 5.*updates and scaling out need more/],
    [{}, 'm7g.large', 'fails', /^8 needed of 5.*: request an increase/],
    [{ InstanceType: 'c7g.xlarge' }, 'm7g.2xlarge', 'fails', /^32 needed of 5/],
  ]
  for (const [gateway, BrokerType, verdict, text] of cases) {
    const given = { gateway, 'kafka-cluster': { BrokerType } }
    const { context } = await prepareCheck(t, ['gateway', 'kafka-cluster'], given)
    t.match(of(await checkQuotas(context), 'vCPUs'), { verdict, text }, text.source)
  }
})

t.test('a reservation must leave enough concurrent executions of Lambda', async (t) => {
  const cases: [
    wanted: string,
    limit: number,
    unreserved: number,
    before: string | undefined,
    verdict: string,
  ][] = [
    ['0', 10, 10, undefined, 'note'],
    ['0', 1_000, 1_000, undefined, 'ok'],
    ['200', 10, 10, undefined, 'fails'],
    ['200', 1_000, 250, undefined, 'fails'],
    ['200', 1_000, 300, undefined, 'ok'],
    // An existing function already has its reservation.
    ['200', 1_000, 100, '200', 'ok'],
    ['300', 1_000, 100, '200', 'fails'],
  ]
  for (const [Concurrency, limit, unreserved, before, verdict] of cases) {
    const { context, double, stand } = await prepareCheck(t, ['processor'], { processor: { Concurrency } })
    Object.assign(double.account.lambda, { limit, unreserved })
    if (before) stand('processor', { Concurrency: before })
    t.match(of(await checkQuotas(context), 'Lambda'), { verdict }, `${Concurrency} of ${unreserved}`)
  }
})

t.test("the warehouse's processing units are compared with a quota if AWS lists one", async (t) => {
  const { context, double } = await prepareCheck(t, ['analytics'])
  t.match(of(await checkQuotas(context), 'Redshift'), { verdict: 'unknown', text: /lists none/ })
  const { namedQuotas, workgroups } = double.account
  namedQuotas.push({ QuotaName: 'Workgroups', Value: 2 }, { QuotaName: 'Total RPUs', Value: 16 })
  workgroups.push({ baseCapacity: 8 })
  t.match(of(await checkQuotas(context), 'Redshift'), { verdict: 'ok', text: '8 RPUs needed, 8 left of 16' })
  workgroups.push({ baseCapacity: 4 })
  t.match(of(await checkQuotas(context), 'Redshift'), {
    verdict: 'fails',
    text: '8 RPUs needed, 4 left of 16',
  })
})

t.test('existing stacks need no further quota', async (t) => {
  const { context, stand } = await prepareCheck(t, ['network', 'gateway', 'kafka-cluster', 'analytics'])
  for (const { name } of context.stacks) stand(name)
  t.strictSame(await checkQuotas(context), [])
})
