import { existsSync, readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { assertUnlocked, lockDirectory } from '../../../services/process/lock-directory.ts'

t.test('a locked directory cannot be locked again until it is released', async (t) => {
  const directory = t.testdir()
  const release = await lockDirectory(directory)
  await t.rejects(lockDirectory(directory), { message: `Process ${process.pid} is using` })
  await t.rejects(assertUnlocked(directory), { message: `Process ${process.pid} is using` })
  await release()
  await assertUnlocked(directory)
  await (await lockDirectory(directory))()
  t.strictSame(await readdir(directory), [])
})

t.test('a lock contains its holder as soon as it exists', async (t) => {
  for (let round = 0; round < 50; round += 1) {
    const directory = t.testdir({})
    const lock = join(directory, 'lock')
    const locking = lockDirectory(directory)
    while (!existsSync(lock)) await setImmediate()
    t.match(JSON.parse(readFileSync(lock, 'utf8') || '{}'), { pid: process.pid })
    await (await locking)()
  }
})

const abandoned = [JSON.stringify({ pid: process.pid, startMark: 'an earlier start' }), '', '{"pid":']
for (const text of abandoned) {
  t.test(`a lock that no running process holds is replaced: ${text}`, async (t) => {
    const directory = t.testdir()
    await writeFile(join(directory, 'lock'), text)
    await (await lockDirectory(directory))()
  })
}
