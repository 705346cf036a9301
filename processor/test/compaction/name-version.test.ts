import t from 'tap'
import { nameVersion } from '../../compaction/name-version.ts'

const nowMs = Date.parse('2026-11-29T12:00:00.000Z')

t.test('a version sorts after the newest one, whatever the clocks and the contents', async (t) => {
  const first = nameVersion({ nowMs, hash: 'ff' })
  t.equal(first, '20261129T120000000Z-ff')
  t.equal(nameVersion({ nowMs, hash: '00', newest: first }), '20261129T120000001Z-00')
  const ahead = '20261129T180000999Z-ff'
  t.equal(nameVersion({ nowMs, hash: '00', newest: ahead }), '20261129T180001000Z-00')
  t.equal(nameVersion({ nowMs: nowMs + 1, hash: '00', newest: first }), '20261129T120000001Z-00')
})

t.test('a newest version with another form of name does not matter', async (t) => {
  t.equal(nameVersion({ nowMs, hash: '00', newest: 'by-hand' }), '20261129T120000000Z-00')
})
