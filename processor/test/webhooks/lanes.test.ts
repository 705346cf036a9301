import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'tap'
import { createTestClock } from '../../../scripts/testkit/create-test-clock.ts'
import { createLanes, type LaneLimits, type LaneResult } from '../../webhooks/lanes.ts'

const limits: LaneLimits = { total: 6, perEndpoint: 2, queuedPerEndpoint: 3, probes: 2 }

function setUp(changed: Partial<LaneLimits> = {}) {
  const clock = createTestClock(0)
  const lanes = createLanes({ ...limits, ...changed }, { now: clock.now, random: () => 1 })
  const open: { endpointId: string; end: (result: LaneResult) => Promise<void> }[] = []
  let nextId = 0

  /** Returns whether the endpoint's lane had a place. */
  function offer(endpointId: string): boolean {
    const place = lanes.reserve({ endpointId, eventId: String(nextId++) })
    place?.run(() => {
      const { promise, resolve } = Promise.withResolvers<LaneResult>()
      const end = async (result: LaneResult) => {
        open.splice(open.indexOf(task), 1)
        resolve(result)
        await nextTurn()
      }
      const task = { endpointId, end }
      open.push(task)
      return promise
    })
    return place !== undefined
  }
  const offerMany = (endpointId: string, count: number) =>
    Array.from({ length: count }, () => offer(endpointId)).filter(Boolean).length
  const running = () => open.map(({ endpointId }) => endpointId)

  /** Fails until the circuit of the endpoint is open. */
  async function openCircuit(endpointId: string): Promise<void> {
    while (!lanes.isFailing(endpointId)) {
      offer(endpointId)
      await open.find((task) => task.endpointId === endpointId)?.end('fails')
    }
  }
  return { clock, lanes, open, offer, offerMany, running, openCircuit }
}

test('an endpoint has a few slots and a short queue, and the others have theirs', async (t) => {
  const { offerMany, running, open, lanes } = setUp()
  t.equal(offerMany('slow', 10), 5)
  t.strictSame(running(), ['slow', 'slow'])
  t.equal(offerMany('other', 1), 1)
  t.strictSame(running(), ['slow', 'slow', 'other'])
  await open[0]?.end('works')
  t.strictSame(running(), ['slow', 'other', 'slow'], 'the next of the queue takes the free slot')
  t.equal(offerMany('slow', 10), 1)
  const drained = lanes.drain()
  while (open[0]) await open[0].end('works')
  await drained
})

test('lanes take turns when all slots are used', async (t) => {
  const { offerMany, running, open } = setUp({ total: 2 })
  offerMany('a', 4)
  offerMany('b', 2)
  offerMany('c', 2)
  const order = running()
  while (open[0]) {
    const before = open.length
    await open[0].end('works')
    if (open.length === before) order.push(open.at(-1)?.endpointId ?? '')
  }
  t.strictSame(order, ['a', 'a', 'a', 'b', 'c', 'a', 'b', 'c'])
})

test('a delivery that runs or waits here is not taken again', (t) => {
  const { lanes } = setUp()
  const ref = { endpointId: 'a', eventId: '1' }
  const place = lanes.reserve(ref)
  t.ok(place)
  t.ok(lanes.isInHand(ref))
  t.equal(lanes.reserve(ref), undefined)
  place?.release()
  t.ok(lanes.reserve(ref))
  t.end()
})

test('after ten failures in a row an endpoint gets one probe at a time, at growing intervals', async (t) => {
  const { clock, lanes, offer, offerMany, open, openCircuit, running } = setUp()
  await openCircuit('dead')
  t.equal(offerMany('dead', 5), 0, 'paused')
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    clock.advance(pauseMs - 1)
    t.equal(offer('dead'), false)
    clock.advance(1)
    t.equal(offerMany('dead', 5), 1, `one probe after ${pauseMs} ms`)
    t.strictSame(running(), ['dead'])
    await open[0]?.end('fails')
  }
  clock.advance(60_000)
  offer('dead')
  await open[0]?.end('works')
  t.notOk(lanes.isFailing('dead'))
  t.equal(offerMany('dead', 10), 5, 'the first success restores the lane')
})

test('the queue of an endpoint is dropped when its circuit opens', async (t) => {
  const { lanes, offerMany, open, running } = setUp({ queuedPerEndpoint: 30 })
  t.equal(offerMany('dead', 20), 20)
  for (let failure = 0; failure < 10; failure++) await open[0]?.end('fails')
  t.strictSame(running(), ['dead'], 'only the try that was running')
  await open[0]?.end('fails')
  await lanes.idle()
  t.notOk(lanes.isInHand({ endpointId: 'dead', eventId: '19' }), 'it can be reserved again')
})

test('a success in between and results without a request do not open the circuit', async (t) => {
  const { lanes, offer, open } = setUp()
  for (let round = 0; round < 30; round++) {
    offer('flaky')
    await open[0]?.end(round % 9 === 8 ? 'works' : 'fails')
    offer('skipped')
    await open[0]?.end('unknown')
  }
  t.notOk(lanes.isFailing('flaky'))
  t.notOk(lanes.isFailing('skipped'))
})

test('many dead endpoints leave slots to the others', async (t) => {
  const { clock, offer, openCircuit, running } = setUp()
  const dead = ['d1', 'd2', 'd3', 'd4']
  for (const endpointId of dead) await openCircuit(endpointId)
  clock.advance(60_000)
  for (const endpointId of dead) offer(endpointId)
  t.strictSame(running(), ['d1', 'd2'], 'limited to the slots for probes')
  offer('fine')
  t.strictSame(running(), ['d1', 'd2', 'fine'])
})

test('a task that throws frees its slot', async (t) => {
  const { lanes } = setUp()
  lanes.reserve({ endpointId: 'a', eventId: '1' })?.run(() => Promise.reject(new Error('a bug')))
  await lanes.idle()
  t.notOk(lanes.isInHand({ endpointId: 'a', eventId: '1' }))
})
