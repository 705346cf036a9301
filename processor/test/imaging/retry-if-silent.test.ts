import { test } from 'tap'
import { retryIfSilent } from '../../imaging/decode-errors.ts'

test('only an error without a message is retried', async (t) => {
  const answers = [
    new Error('Unknown error'),
    new Error(''),
    new Error('libpng read error'),
    new Error('late'),
  ]
  const ask = async () => {
    throw answers.shift()
  }
  await t.rejects(retryIfSilent(ask), { message: 'libpng read error' })
  t.equal(answers.length, 1)
})

test('the number of retries is limited', async (t) => {
  let attempts = 0
  const ask = async () => {
    attempts++
    throw new Error('Unknown error')
  }
  await t.rejects(retryIfSilent(ask), { message: 'Unknown error' })
  t.equal(attempts, 3)
})

test('a result is returned without a retry', async (t) => {
  const ends = [() => Promise.reject(new Error('')), async () => 'picture']
  t.equal(await retryIfSilent<string>(() => (ends.shift() ?? ends[0] ?? (async () => ''))()), 'picture')
})
