import t from 'tap'
import { dropManyPhotos } from '../../../testkit/page/drop-many-photos.ts'
import { openBrowser } from './open-browser.ts'

const count = 500
const longMs = 50

t.test(`a drop of ${count} photos keeps the page responsive`, async (t) => {
  const { calls, puts, taskMs, longTaskMs } = await dropManyPhotos(await openBrowser(t), count)
  t.equal(puts, count, 'each photo is sent once')
  t.ok(calls <= count / 10, `${calls} calls request the upload URLs`)

  const long = taskMs.filter((ms) => ms > longMs)
  const longest = taskMs.slice(0, 5).map((ms) => ms.toFixed(0))
  t.comment(`${taskMs.length} tasks; the longest take ${longest.join(', ')} ms of CPU time`)
  t.comment(
    `PerformanceObserver reported ${longTaskMs.length} tasks of more than ${longMs} ms, including waits for the CPU`,
  )
  // CPU time excludes the time of other programs, but these evict caches, and compilation and garbage collection can hit any task. So one
  // task in a thousand may be longer.
  t.ok(long.length <= taskMs.length / 1000, `${long.length} tasks take more than ${longMs} ms of CPU time`)
})
