import t from 'tap'
import { isNamedAfter, nameVersion } from '../../compaction/name-version.ts'

const nowMs = Date.parse('2026-11-29T12:00:00.000Z')
const [one, other] = [Buffer.from('one'), Buffer.from('other')]

t.test('a version sorts after the newest one, for any clocks and contents', async (t) => {
  const first = nameVersion({ nowMs, bytes: one })
  t.equal(first, '20261129T120000000Z-7692c3ad3540bb80')
  t.match(nameVersion({ nowMs, bytes: other, newest: first }), /^20261129T120000001Z-/)
  const ahead = '20261129T180000999Z-ffffffffffffffff'
  t.match(nameVersion({ nowMs, bytes: one, newest: ahead }), /^20261129T180001000Z-/)
  t.match(nameVersion({ nowMs: nowMs + 1, bytes: one, newest: first }), /^20261129T120000001Z-/)
})

t.test('a newest version whose name has another format is ignored', async (t) => {
  t.match(nameVersion({ nowMs, bytes: one, newest: 'by-hand' }), /^20261129T120000000Z-/)
})

t.test('a version is named after its content', async (t) => {
  t.ok(isNamedAfter(nameVersion({ nowMs, bytes: one }), one))
  t.notOk(isNamedAfter(nameVersion({ nowMs, bytes: one }), other))
  t.notOk(isNamedAfter('by-hand', one))
})
