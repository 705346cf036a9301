import t from 'tap'
import { findSuperseded } from '../../compaction/find-superseded.ts'

const graceMs = 20 * 60_000
const nowMs = Date.parse('2026-11-29T12:00:00Z')

/** A file with this key. @param age minutes since it was written */
const fileOf = (key: string, age: number) => ({ key, etag: '', writtenAtMs: nowMs - age * 60_000 })

t.test('a file is deleted when its successor is as old as the grace period', async (t) => {
  const find = (age: number) =>
    findSuperseded({
      files: [fileOf('a', 90), fileOf('b', age)],
      current: 'b',
      queried: 'b',
      nowMs,
      graceMs,
    })
  t.strictSame(find(19), [], 'queries can still be reading it')
  t.strictSame(find(20), ['a'])
})

t.test('a file that this run superseded stays, regardless of its age', async (t) => {
  const files = [fileOf('a', 90)]
  t.strictSame(findSuperseded({ files, current: 'b', nowMs, graceMs }), [])
})

t.test('the file that the partition pointed to before this run is kept', async (t) => {
  const files = [fileOf('a', 90), fileOf('b', 60), fileOf('c', 30)]
  t.strictSame(findSuperseded({ files, current: 'c', queried: 'a', nowMs, graceMs }), ['b'])
  t.strictSame(findSuperseded({ files, current: 'c', queried: 'c', nowMs, graceMs }), ['a', 'b'])
})

t.test('the newest file is kept, because another run can be about to move the partition to it', async (t) => {
  const files = [fileOf('a', 90), fileOf('by-another-run', 60)]
  t.strictSame(findSuperseded({ files, current: 'a', queried: 'a', nowMs, graceMs }), [])
})

t.test('when a day has no rows left, all files except the queried one are deleted', async (t) => {
  const files = [fileOf('a', 90), fileOf('b', 60)]
  t.strictSame(findSuperseded({ files, queried: 'b', nowMs, graceMs }), ['a'])
  t.strictSame(findSuperseded({ files, nowMs, graceMs }), ['a', 'b'])
})

t.test('without a grace period only the current file stays', async (t) => {
  const files = [fileOf('a', 2), fileOf('b', 1), fileOf('by-another-run', 0)]
  const options = { files, queried: 'a', nowMs, graceMs: 0 }
  t.strictSame(findSuperseded({ ...options, current: 'b' }), ['a', 'by-another-run'])
  t.strictSame(findSuperseded(options), ['a', 'b', 'by-another-run'])
})

t.test('a day without files has none to delete', async (t) => {
  t.strictSame(findSuperseded({ files: [], nowMs, graceMs }), [])
})
