import t from 'tap'
import {
  hourMs,
  retentionDays,
  startTestCompaction,
  type TestCompaction,
} from '../../../scripts/testkit/compaction/start-test-compaction.ts'
import { compactManifests } from '../../compaction/compact-manifests.ts'

const today = '2026-11-29'
const old = '2026-11-23'

/** A day to extend and a day whose images expire, both compacted once, with work for the next run. */
async function prepare({ putManifest, compact, clock }: TestCompaction): Promise<void> {
  await putManifest('acme/a', today)
  await putManifest('acme/a', old, { expiresAt: clock.nowMs / 1_000 + 60 })
  await compact()
  clock.nowMs += hourMs
  await putManifest('acme/b', today)
  await compact()
  clock.nowMs += hourMs
  await putManifest('acme/c', today)
  await putManifest('acme/d', '2026-11-28')
}

/** Runs a compaction that dies at call number `lastCall`. That call is not sent or, with `answerIsLost`, takes effect without a response. */
async function runUntil(system: TestCompaction, lastCall: number, answerIsLost: boolean): Promise<boolean> {
  let calls = 0
  const dying = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name)
        if (!isFunction(member)) return member
        return async (...inputs: unknown[]) => {
          calls++
          if (calls === lastCall && answerIsLost) await member(...inputs)
          if (calls >= lastCall) throw new Error('killed')
          return member(...inputs)
        }
      },
    })
  const { store, partitions, now } = await system.openDeps()
  const deps = { store: dying(store), partitions: dying(partitions), now }
  return compactManifests(deps, { retentionDays }).then(
    () => true,
    () => false,
  )
}

const isFunction = (value: unknown): value is (...inputs: unknown[]) => unknown => typeof value === 'function'

for (const answerIsLost of [false, true]) {
  const moment = answerIsLost ? 'after' : 'before'
  t.test(
    `a run killed ${moment} any of its calls leaves complete days, and the next run finishes its work`,
    async (t) => {
      for (let lastCall = 1; ; lastCall++) {
        const system = await startTestCompaction(t)
        await prepare(system)
        const finished = await runUntil(system, lastCall, answerIsLost)
        const found = await system.queryImages(today)
        t.match(
          found.join(),
          /^acme\/a,acme\/b(,acme\/c)?$/,
          `call ${lastCall}: the old rows or the new ones`,
        )

        await system.compact()
        t.strictSame(await system.queryImages(today), ['acme/a', 'acme/b', 'acme/c'])
        t.strictSame(await system.queryImages('2026-11-28'), ['acme/d'])
        t.notOk(system.locations()[old], 'the day whose images expired has no partition')
        system.clock.nowMs += hourMs
        await system.compact()
        const files = await Promise.all([today, old].map(system.store.listParquetFiles))
        t.match(files, [{ length: 1 }, { length: 0 }], 'no superseded file is left')
        if (finished) {
          t.ok(lastCall > 12)
          break
        }
      }
    },
  )
}
