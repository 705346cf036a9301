import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { assertTools, findTool } from '../../services/find-tool.ts'

function searchOnly(t: Test, directory: string): void {
  const path = process.env.PATH
  process.env.PATH = directory
  t.teardown(() => {
    process.env.PATH = path
  })
}

t.test('the first executable program of a tool is found', async (t) => {
  const directory = t.testdir({ 'valkey-server': '' })
  const file = join(directory, 'valkey-server')
  searchOnly(t, directory)
  t.throws(() => findTool('redis'), { message: 'Missing: Redis or Valkey' })
  await chmod(file, 0o700)
  t.equal(findTool('redis'), file)
})

t.test('each missing program is one line: name, Debian package and users', async (t) => {
  searchOnly(t, t.testdir())
  t.throws(
    () =>
      assertTools([
        { name: 'one', needs: ['java', 'maven'] },
        { name: 'two', needs: ['java'] },
      ]),
    {
      message: [
        'Missing: Java 17 or newer (java). Debian package: openjdk-17-jre-headless. Needed by one, two.',
        'Missing: Maven (mvn). Debian package: maven. Needed by one.',
      ].join('\n'),
    },
  )
  t.doesNotThrow(() => assertTools([{ name: 'three', needs: [] }]))
})
