import t from 'tap'
import { accessNames } from '../../topics/access-names.ts'

t.test("users and groups have the environment's names", async (t) => {
  const { users, groups } = accessNames('dev')
  t.strictSame(users, {
    gateway: 'hashgate-dev-gateway',
    processor: 'hashgate-dev-processor',
    webhooks: 'hashgate-dev-webhooks',
  })
  t.ok(groups.processor.includes('hashgate-dev-processor-lambda'))
})

t.test('given users replace the defaults', async (t) => {
  const { users } = accessNames('dev', ['webhooks=worker', 'processor=worker'])
  t.strictSame(users, { gateway: 'hashgate-dev-gateway', processor: 'worker', webhooks: 'worker' })
})

t.test('a user of an unknown component is refused', async (t) => {
  for (const wrong of ['worker=me', 'gateway', 'gateway=', 'toString=me'])
    t.throws(() => accessNames('dev', [wrong]), { message: /give it as gateway or processor or webhooks/ })
})
