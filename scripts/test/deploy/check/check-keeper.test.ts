import t from 'tap'
import { checkKeeper } from '../../../deploy/check/check-keeper.ts'
import { prepareCheck } from './prepare-check.ts'

const ada = 'arn:aws:iam::111122223333:user/ada'
const keeper = 'arn:aws:iam::111122223333:role/ops/deployments'

t.test('the keeper of new buckets is the caller, or a role that exists', async (t) => {
  const { context } = await prepareCheck(t, ['storage'])
  const text = `you become the keeper of the buckets: ${ada}`
  t.match(await checkKeeper(context), [{ subject: 'caller', verdict: 'ok', text }])
  const named = await prepareCheck(t, ['storage'], { storage: { KeeperRoleArn: keeper } })
  t.match(await checkKeeper(named.context), [{ verdict: 'fails', text: `${keeper}, which does not exist` }])
  named.double.roles.set('deployments', keeper)
  t.match(await checkKeeper(named.context), [
    { verdict: 'ok', text: `the keeper of the buckets will be ${keeper}` },
  ])
  named.double.roles.set('deployments', 'arn:aws:iam::111122223333:role/deployments')
  t.match(await checkKeeper(named.context), [{ verdict: 'fails' }], 'a role of another path')
})

t.test('a caller who is not the keeper is a note', async (t) => {
  const { context, stand } = await prepareCheck(t, ['storage'])
  stand('storage', { KeeperRoleArn: ada })
  t.match(await checkKeeper(context), [{ verdict: 'ok', text: 'you are the keeper of storage' }])
  stand('storage', { KeeperRoleArn: keeper })
  const text = `only ${keeper} may change storage; you are ${ada}`
  t.match(await checkKeeper(context), [{ verdict: 'note', text }])
})

t.test('the caller does not matter for other stacks', async (t) => {
  const { context } = await prepareCheck(t, ['network'])
  t.strictSame(await checkKeeper(context), [])
})
