import t from 'tap'
import { divideAmongWorkers } from '../../rate-limit/divide-among-workers.ts'
import { countLocally, type Reservation, type Usage } from '../../rate-limit/rate-limit-counters.ts'
import { testRateLimitCounters } from './rate-limit-counters-contract.ts'

const windowMs = 60_000

testRateLimitCounters(t, divideAmongWorkers(countLocally(), 1))

t.test('a worker enforces its share of a limit, and reports usage of the whole limit', async (t) => {
  const { countAddress, reserve } = divideAmongWorkers(countLocally(), 4)
  const usages: (number | undefined)[] = []
  const note = (_error: Error | null, usage?: Usage) => usages.push(usage?.current)
  for (let count = 0; count < 4; count += 1) countAddress('192.0.2.1', note, windowMs, 10)
  // The share is 3. The fourth request is above the limit of 10.
  t.same(usages, [4, 7, 10, 14])

  const reservations: (Reservation | undefined)[] = []
  for (const times of [2, 2, 1]) {
    reserve('key:a', (_error, result) => reservations.push(result), windowMs, 10, times)
  }
  t.match(reservations, [
    { isReserved: true, current: 7 },
    { isReserved: false, current: 7 },
    { isReserved: true, current: 10 },
  ])
})

t.test('a limit below the number of workers is 1 for each', async (t) => {
  const { reserve } = divideAmongWorkers(countLocally(), 4)
  reserve('key:a', (_error, result) => t.match(result, { isReserved: true, current: 2 }), windowMs, 2, 1)
  reserve('key:a', (_error, result) => t.match(result, { isReserved: false }), windowMs, 2, 1)
})
