import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'tap'
import { limitHeldBytes } from '../limit-held-bytes.ts'

/** Work that ends when it is told to. */
function holdInTurn(maxBytes: number) {
  const holdBytes = limitHeldBytes(maxBytes)
  const running: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()

  function begin(name: string, bytes: number): Promise<void> {
    const end = Promise.withResolvers<void>()
    ends.set(name, end)
    return holdBytes(bytes, async () => {
      running.push(name)
      await end.promise.finally(() => running.splice(running.indexOf(name), 1))
    })
  }

  return {
    running,
    begin,
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  }
}

test('work runs together as long as it fits, and the rest in its order', async (t) => {
  const { running, begin, end } = holdInTurn(100)
  const all = [begin('a', 60), begin('b', 40), begin('c', 50), begin('d', 1)]
  await nextTurn()
  t.strictSame(running, ['a', 'b'], 'd would fit, but c came first')
  end('b')
  await nextTurn()
  t.strictSame(running, ['a'])
  end('a')
  await nextTurn()
  t.strictSame(running, ['c', 'd'])
  end('c')
  end('d')
  await Promise.all(all)
  t.strictSame(running, [])
})

test('what is too large runs, alone; what holds nothing never waits', async (t) => {
  const { running, begin, end } = holdInTurn(100)
  const all = [begin('small', 10), begin('large', 1_000), begin('later', 10), begin('nothing', 0)]
  await nextTurn()
  t.strictSame(running, ['nothing', 'small'])
  end('small')
  await nextTurn()
  t.strictSame(running, ['nothing', 'large'])
  end('large')
  end('nothing')
  await nextTurn()
  t.strictSame(running, ['later'])
  end('later')
  await Promise.all(all)
})

test('work that fails gives its bytes back', async (t) => {
  const { running, begin, end, fail } = holdInTurn(100)
  const failing = begin('bad', 100)
  const next = begin('next', 100)
  await nextTurn()
  fail('bad')
  await t.rejects(failing, { message: 'bad' })
  t.strictSame(running, ['next'])
  end('next')
  await next
})
