import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { startTestCompaction } from '../../scripts/testkit/compaction/start-test-compaction.ts'

const run = promisify(execFile)
const program = new URL('../compaction-lambda.ts', import.meta.url)
const event = { time: '2026-11-30T10:00:00Z' }
const today = new Date().toISOString().slice(0, 10)

/** Calls the handler in a new process, as Lambda does. @returns the lines that it logged */
async function invoke(env: NodeJS.ProcessEnv, remainingMs = 900_000) {
  const script = `
    const { handler } = await import(${JSON.stringify(program)})
    await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => ${remainingMs} })`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, ...env },
  })
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

t.test('the exported handler compacts the bucket of its environment', async (t) => {
  const { environment, putManifest, putObject, queryImages } = await startTestCompaction(t, Date.now())
  await putManifest('acme/a', today)
  await putObject(`manifests/day=${today}/acme/${'b'.repeat(64)}.json`, '{')
  t.match(await invoke(environment), [
    { level: 'info', msg: 'compacted a day', day: today, rows: 1, read: 2, left: 0 },
    { level: 'warn', msg: 'left out unreadable manifests', day: today, count: 1, some: [/b\.json$/] },
  ])
  t.strictSame(await queryImages(today), ['acme/a'])
})

t.test('a file that cannot be opened is logged, also if a later run must write it again', async (t) => {
  const { environment, putManifest, putObject, queryImages } = await startTestCompaction(t, Date.now())
  const yesterday = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10)
  await putManifest('acme/a', today)
  await putManifest('acme/b', yesterday)
  const key = `manifests/parquet/day=${yesterday}/20261129T123000000Z-0/manifests.parquet`
  await putObject(key, 'PAR1 half a file')
  const warning = { level: 'warn', msg: /cannot be opened/, day: yesterday, damage: new RegExp(`^${key}: `) }
  t.match(await invoke({ ...environment, MAX_MANIFESTS: '1' }), [
    { day: today, read: 1 },
    { day: yesterday, read: 0, left: 1 },
    warning,
  ])
  t.match(await invoke(environment), [{ day: today }, { day: yesterday, read: 1, rows: 1 }, warning])
  t.strictSame(await queryImages(yesterday), ['acme/b'])
})

t.test('a run that does not compact all days fails, so that the alarm fires', async (t) => {
  const { environment, putManifest, state, queryImages } = await startTestCompaction(t, Date.now())
  await putManifest('acme/a', today)
  await t.rejects(invoke(environment, 300_000), {
    message: /Not compacted: .*The run had no time left\./,
  })
  state.refusal = 'AccessDeniedException'
  await t.rejects(invoke(environment), { message: /AccessDeniedException/ })
  state.refusal = ''
  await invoke(environment)
  t.strictSame(await queryImages(today), ['acme/a'])
})

t.test('a missing setting is named', async (t) => {
  await t.rejects(invoke({ PROCESSED_BUCKET: 'processed' }), { message: /GLUE_DATABASE is not set\./ })
})
