import { test } from 'tap'
import { retryIfSilent } from '../../imaging/decode-errors.ts'

test('an error without a message is asked for again, any other is not', async (t) => {
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

test('not for ever', async (t) => {
  let asked = 0
  const ask = async () => {
    asked++
    throw new Error('Unknown error')
  }
  await t.rejects(retryIfSilent(ask), { message: 'Unknown error' })
  t.equal(asked, 3)
})

test('an answer is an answer', async (t) => {
  const ends = [() => Promise.reject(new Error('')), async () => 'picture']
  t.equal(await retryIfSilent<string>(() => (ends.shift() ?? ends[0] ?? (async () => ''))()), 'picture')
})
