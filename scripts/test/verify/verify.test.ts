import t, { type Test } from 'tap'
import { startStandIns } from '../../local/start-stand-ins.ts'
import { startSystem } from '../../local/start-system.ts'
import { addKey } from '../../testkit/system/add-key.ts'
import { startInProcess } from '../../testkit/system/start-in-process.ts'
import { runVerify, runVerifyCommand } from './run-verify.ts'
import { type StoreFault, startFaultyStore } from './start-faulty-store.ts'
import { testVerify } from './verify-contract.ts'

const { gateway, key, environment, advanceClock } = await startInProcess(t)
const target = { gateway, key, otherKey: await addKey(environment, 'other') }

await testVerify(t, {
  name: 'the stand-ins',
  ...target,
  expiryWaitSeconds: 3_600,
  sleep: async (seconds) => advanceClock(seconds * 1_000),
})

t.test('two keys of one tenant fail the tenant checks', async (t) => {
  const { isKept, lines } = await runVerify({ ...target, otherKey: key })
  t.notOk(isKept)
  t.strictSame(brokenPromises(lines), [
    'another tenant cannot read the image',
    'another tenant does not learn that the bytes are stored',
  ])
  t.ok(lines.some((line) => /that the two keys belong/.test(line)))
})

t.test('a store that wrongly answers 200 fails', async (t) => {
  const { isKept, lines } = await runVerify(await startWithFaultyStore(t, 'answers 200'))
  t.notOk(isKept)
  const broken = brokenPromises(lines)
  for (const what of [
    'other bytes of the same length',
    'more bytes',
    'another type',
    'anonymous',
    'tampered',
  ])
    t.ok(
      broken.some((promise) => promise.startsWith(`the bucket refuses: ${what}`)),
      what,
    )
  t.ok(broken.includes('the bucket refuses to overwrite: 412, with the same bytes'))
  t.notOk(broken.includes('the bucket accepts the announced bytes'))
  t.notOk(broken.includes('the bucket refuses: reading with the upload URL'), 'the store refuses reading')
  t.ok(lines.some((line) => line.includes('found: HTTP 200')))
})

t.test('a store that wrongly stores objects fails', async (t) => {
  const { isKept, lines } = await runVerify(await startWithFaultyStore(t, 'stores the object'))
  t.notOk(isKept)
  t.ok(brokenPromises(lines).includes('the bucket refuses: one changed bit'))
  t.ok(lines.some((line) => line.includes('found: HTTP 200, and the object was stored')))
  t.ok(brokenPromises(lines).includes('the bucket refuses to overwrite with other bytes'))
})

t.test('an error of a broken store does not count as a refusal', async (t) => {
  const { isKept, lines } = await runVerify(await startWithFaultyStore(t, 'answers 500'))
  t.notOk(isKept)
  t.ok(brokenPromises(lines).includes('the bucket refuses: one changed bit'))
  t.ok(lines.some((line) => line.includes('found: HTTP 500')))
})

t.test('user errors print one line, and an unreachable gateway ends the run', async (t) => {
  const unreachable = await runVerifyCommand(['--gateway', 'http://127.0.0.1:1', '--key', 'x'])
  t.equal(unreachable.code, 1)
  t.match(unreachable.stdout, /^not ok 1 .*\n.*\n +found: no answer \(ECONNREFUSED\)/m)
  t.match(unreachable.stdout, /^Bail out!/m)

  const wrongKey = await runVerifyCommand(['--gateway', gateway, '--key', 'hg_000000000000_wrong'])
  t.equal(wrongKey.code, 1)
  t.match(wrongKey.stdout, /found: .A valid API key/)

  const mistyped = await runVerifyCommand(['--gateway', gateway, '--key', key, '--timeout', 'soon'])
  t.equal(mistyped.code, 1)
  t.equal(mistyped.stderr.trim(), '--timeout must be an integer of at least 0, not "soon".')
})

function brokenPromises(lines: string[]): string[] {
  return lines.flatMap((line) => /^not ok \d+ - (.*)/.exec(line)?.[1] ?? [])
}

/** Starts the whole system on a store with a fault. */
async function startWithFaultyStore(t: Test, fault: StoreFault) {
  const system = await startSystem({
    dataDirectory: t.testdir({}),
    port: 0,
    startBacking: async (directory, onStop) => {
      const backing = await startStandIns(directory, onStop)
      const faultyStore = await startFaultyStore(backing.environment, fault)
      onStop(faultyStore.close)
      return { ...backing, environment: { ...backing.environment, S3_ENDPOINT: faultyStore.url } }
    },
  })
  t.teardown(system.close)
  return { gateway: system.gatewayUrl, key: system.key }
}
