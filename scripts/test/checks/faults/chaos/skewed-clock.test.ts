import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

const preload = new URL('../../../../checks/faults/chaos/skewed-clock.ts', import.meta.url).href

t.test('a program with the preload uses the clock offset in its file', async (t) => {
  const year = 365 * 86_400_000
  const directory = t.testdir({
    clocks: { 'server.ts': String(-20 * year) },
    'server.ts': `
      console.log(JSON.stringify({
        now: Date.now(), made: new Date().getTime(), given: new Date(5).getTime(), is: new Date() instanceof Date,
      }))`,
  })
  const { stdout } = await promisify(execFile)(process.execPath, [`${directory}/server.ts`], {
    env: { NODE_OPTIONS: `--import=${preload}`, CLOCK_DIRECTORY: `${directory}/clocks` },
  })
  const { now, made, given, is } = JSON.parse(stdout)
  const nineteenYearsAgo = Date.now() - 19 * year
  t.ok(now < nineteenYearsAgo && made < nineteenYearsAgo, 'Date without arguments uses the moved clock')
  t.equal(given, 5, 'Date with arguments is unchanged')
  t.equal(is, true)
})
