import t from 'tap'
import { topics } from '../../../../core/events/image-events.ts'
import { checkTopics } from '../../../deploy/check/check-topics.ts'
import { prepareCheck } from './prepare-check.ts'

const names = Object.values(topics).map((topic) => `hashgate.${topic}`)
const unreachable = async () => {
  throw new Error('timeout')
}

t.test('topics are compared with those of the cluster', async (t) => {
  const { context, double } = await prepareCheck(t, ['processor'])
  t.match(await checkTopics(context, unreachable), [{ verdict: 'note', text: /once the brokers run/ }])

  double.parameters.set('/hashgate/dev/kafka/bootstrap-servers', 'broker-1:9096,broker-2:9096')
  double.parameters.set('/hashgate/dev/kafka/topic-prefix', 'hashgate.')
  const text = /no broker can be reached from here: run "npm run topics" inside the VPC before the first/
  t.match(await checkTopics(context, unreachable), [{ verdict: 'unknown', text }])

  let asked = ''
  const list = (existing: string[]) => async (_: unknown, brokers: string) => {
    asked = brokers
    return existing
  }
  t.match(await checkTopics(context, list(names)), [{ verdict: 'ok', text: `all ${names.length} exist` }])
  t.equal(asked, 'broker-1:9096,broker-2:9096')
  t.match(await checkTopics(context, list(names.slice(1))), [
    { verdict: 'fails', text: `these do not exist: ${names[0]}. Run "npm run topics"` },
  ])
})

t.test('topics are not looked up for stacks that read none', async (t) => {
  const { context } = await prepareCheck(t, ['network', 'kafka'])
  t.strictSame(await checkTopics(context, unreachable), [])
})
