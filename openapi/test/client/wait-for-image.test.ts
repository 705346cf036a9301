import t from 'tap'
import { createHashgateClient } from '../../packages/client/src/hashgate-client.ts'

const image = (status: string) => Response.json({ imageId: 'a', status })

t.test('a gateway that answers waits at once is not polled in a tight loop', async (t) => {
  const pausesMs: number[] = []
  const setTimeoutNow = (done: () => void, ms: number) => {
    pausesMs.push(ms)
    return setImmediate(done)
  }
  t.intercept(globalThis, 'setTimeout', { value: setTimeoutNow })
  let polls = 0
  const fetch = async () => image(++polls > 8 ? 'ready' : 'processing')
  const client = createHashgateClient({ gateway: 'http://gateway', key: 'k', fetch })
  t.match(await client.waitForImage('a'), { status: 'ready' })
  t.equal(pausesMs.length, 8, 'a pause after each answer that is not final')
  t.ok(pausesMs.every((ms) => ms > 100 && ms <= 2000))
})

t.test('an image that is not final in time is returned in its current state', async (t) => {
  const client = createHashgateClient({
    gateway: 'http://gateway',
    key: 'k',
    fetch: async () => image('processing'),
  })
  t.match(await client.waitForImage('a', 0), { status: 'processing' })
})
