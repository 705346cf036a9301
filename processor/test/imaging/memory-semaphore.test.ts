import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'tap'
import { createMemorySemaphore } from '../../imaging/memory-semaphore.ts'

/** Tasks that the test ends. */
function holdInTurn(maxBytes: number) {
  const withMemory = createMemorySemaphore(maxBytes)
  const running: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()

  function begin(name: string, bytes: number, signal?: AbortSignal): Promise<void> {
    const end = Promise.withResolvers<void>()
    ends.set(name, end)
    const work = async () => {
      running.push(name)
      await end.promise.finally(() => running.splice(running.indexOf(name), 1))
    }
    return withMemory(bytes, work, signal)
  }

  return {
    running,
    begin,
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  }
}

test('tasks run concurrently while they fit the budget, and the others follow in order', async (t) => {
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

test('a task that is too large runs alone, and one without memory never waits', async (t) => {
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

test('a failed task returns its bytes', async (t) => {
  const { running, begin, end, fail } = holdInTurn(100)
  const failing = begin('bad', 100)
  const next = begin('next', 100)
  await nextTurn()
  fail('bad')
  await t.rejects(failing, { message: 'bad' })
  await nextTurn()
  t.strictSame(running, ['next'])
  end('next')
  await next
})

test('an aborted task leaves the queue and blocks no other', async (t) => {
  const { running, begin, end } = holdInTurn(100)
  const giveUp = new AbortController()
  const held = begin('a', 60)
  const givenUp = begin('large', 1_000, giveUp.signal)
  const behind = begin('b', 40)
  await nextTurn()
  t.strictSame(running, ['a'])
  giveUp.abort(new Error('too late'))
  await t.rejects(givenUp, { message: 'too late' })
  t.strictSame(running, ['a', 'b'])
  await t.rejects(begin('never', 1, giveUp.signal), { message: 'too late' })
  end('a')
  end('b')
  await Promise.all([held, behind])
})

test('a task that is aborted when its turn comes does not start and returns its bytes', async (t) => {
  const { running, begin, end } = holdInTurn(100)
  const giveUp = new AbortController()
  const givenUp = begin('a', 100, giveUp.signal)
  giveUp.abort(new Error('too late'))
  await t.rejects(givenUp, { message: 'too late' })
  const next = begin('b', 100)
  await nextTurn()
  t.strictSame(running, ['b'])
  end('b')
  await next
})
