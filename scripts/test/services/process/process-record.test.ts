import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  isAlive,
  readRecord,
  readRecords,
  readStartMark,
  removeRecord,
  writeRecord,
} from '../../../services/process/process-record.ts'
import { startSleeper } from './start-sleeper.ts'

const record = {
  name: 's3',
  pid: 4242,
  startMark: 'then',
  startedAt: '2026-11-23T00:00:00.000Z',
  version: '1',
}

t.test('a record is read back until it is removed', async (t) => {
  const directory = t.testdir()
  await writeRecord(directory, record)
  t.strictSame(await readRecord(directory, 's3'), record)
  t.strictSame(await readRecords(directory), [record])
  await removeRecord(directory, 's3')
  await removeRecord(directory, 's3')
  t.equal(await readRecord(directory, 's3'), undefined)
  t.strictSame(await readRecords(directory), [])
})

t.test('a missing directory has no records', async (t) => {
  t.strictSame(await readRecords(join(t.testdir(), 'absent')), [])
})

const unusable = [
  '',
  '{"name":"s3","pid":42',
  '{"name":"s3","pid":42}',
  '{"name":"s3","pid":1,"startMark":"then"}',
  '{"name":"s3","pid":-1,"startMark":"then"}',
  '{"name":"s3","pid":"42","startMark":"then"}',
]
for (const text of unusable) {
  t.test(`an invalid record is ignored: ${text}`, async (t) => {
    const directory = t.testdir()
    await writeFile(join(directory, 's3.json'), text)
    t.strictSame(await readRecords(directory), [])
  })
}

t.test('a process is identified by PID and start time', async (t) => {
  const startMark = readStartMark(process.pid) ?? ''
  t.ok(startMark)
  t.equal(readStartMark(process.pid), startMark, 'the mark stays the same')
  t.ok(isAlive({ pid: process.pid, startMark }))
  t.notOk(isAlive({ pid: process.pid, startMark: 'another start' }))
})

t.test('an ended process has no start mark', async (t) => {
  const { pid, end } = await startSleeper(t)
  t.ok(readStartMark(pid))
  await end()
  t.equal(readStartMark(pid), undefined)
})
