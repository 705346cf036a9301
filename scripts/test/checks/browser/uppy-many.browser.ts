import t from 'tap'
import { dropManyPhotos } from '../../../testkit/page/drop-many-photos.ts'
import { openBrowser } from './open-browser.ts'

const count = 500
const longMs = 50

t.test(`a drop of ${count} photos keeps the page responsive`, async (t) => {
  const { calls, puts, taskMs, longTaskMs } = await dropManyPhotos(await openBrowser(t), count)
  t.equal(puts, count, 'each is sent once')
  t.ok(calls <= count / 10, `${calls} calls request the upload URLs`)

  const long = taskMs.filter((ms) => ms > longMs)
  const longest = taskMs.slice(0, 5).map((ms) => ms.toFixed(0))
  t.comment(`${taskMs.length} tasks; the longest take ${longest.join(', ')} ms of processor time`)
  t.comment(`PerformanceObserver saw ${longTaskMs.length} of more than ${longMs} ms, waiting included`)
  // The thread's processor time does not contain the time in which a busy machine runs other programs; but they
  // empty its caches, and compiling and collecting garbage fall on any task. So one in a thousand may be longer.
  t.ok(
    long.length <= taskMs.length / 1000,
    `${long.length} tasks take more than ${longMs} ms of processor time`,
  )
})
