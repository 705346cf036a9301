import t from 'tap'
import { checkNames } from '../../../deploy/check/check-names.ts'
import { prepareCheck } from './prepare-check.ts'

const log = 'hashgate-dev-logs-111122223333-eu-west-1'

t.test('names that a destroyed environment still uses are listed with advice', async (t) => {
  const { context, double, stand } = await prepareCheck(t, ['foundation'])
  t.match(await checkNames(context), [{ subject: 'names', verdict: 'ok' }])
  double.standing.set(log, {})
  const [finding] = await checkNames(context)
  t.match(finding, { verdict: 'fails', text: `\n  ${log}  AWS::S3::Bucket\n` })
  t.match(finding?.text, /another name \(--env\), or remove them, or import them/)
  stand('foundation')
  t.strictSame(await checkNames(context), [], 'names of an existing stack are not reported')
})
