import t from 'tap'
import { modelDeployment } from '../../../deploy/model/model-deployment.ts'
import {
  type ParameterValues,
  readParameters,
  readStacks,
  readTemplate,
} from '../../../deploy/read-template.ts'
import { priceMonth } from '../../cost/price-month.ts'
import prices from '../../cost/prices.json' with { type: 'json' }
import { total } from '../../cost/prices.ts'

const prod = readParameters('prod')
const priceOf = (values: ParameterValues) => priceMonth(modelDeployment('prod', values))
const rowsOf = (values: ParameterValues) =>
  Object.fromEntries(priceOf(values).map(({ what, usd }) => [what, Number(usd.toFixed(2))]))

t.test('the cost depends on the parameters of the environment', async (t) => {
  const usual = rowsOf(prod)
  t.match(usual, {
    'NAT gateways': 98.55,
    'Kafka pollers of Lambda': 135.05,
    'gateways, at least': 53,
    'public IPv4 addresses': 21.9,
    'Redshift Serverless, loading records': 36.5,
    'compaction, without images': 0.1,
  })
  t.equal(rowsOf({ ...prod, network: { NatPerZone: 'no' } })['NAT gateways'], 32.85)
  t.equal(rowsOf({ ...prod, gateway: { ...prod.gateway, MinInstances: '4' } })['gateways, at least'], 106)
  const loading = 'Redshift Serverless, loading records'
  t.equal(rowsOf({ ...prod, analytics: { RefreshIntervalSeconds: '900' } })[loading], 146)
})

t.test('an alarm costs by the metrics that it reads', async (t) => {
  const alarms = readStacks()
    .filter(({ optional, with: other }) => !optional && !other)
    .flatMap((stack) => Object.values(readTemplate(stack).Resources))
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
  const metrics = (JSON.stringify(alarms).match(/"MetricName"/g) ?? []).length
  t.ok(metrics > alarms.length, 'some read several')
  t.equal(rowsOf(prod).alarms, Number((metrics * 0.1).toFixed(2)))
})

t.test('the budget covers a month with a million images', async (t) => {
  const budget = modelDeployment('prod', prod)
    .flatMap(({ resources }) => Object.values(resources))
    .find(({ Type }) => Type === 'AWS::Budgets::Budget')?.Properties.Budget
  const { Amount } = (budget as { BudgetLimit: { Amount: number } }).BudgetLimit
  const millionImages = 80
  t.ok(Amount >= total(priceOf(prod)) + millionImages, `${Amount}`)
})

t.test('each price has a source', async (t) => {
  t.match(prices.date, /^\d{4}-\d\d-\d\d$/)
  for (const [name, { price, source }] of Object.entries(prices.usd)) {
    t.ok(price > 0, name)
    t.match(source, /\w+ pricing/, name)
  }
})
