import { mkdir } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { downServices } from '../../../services/down-services.ts'
import { bringUp } from '../../../services/process/bring-up.ts'
import { isAlive, readRecords } from '../../../services/process/process-record.ts'
import type { Service } from '../../../services/service.ts'
import { servicesLayout } from '../../../services/services-layout.ts'

const waits = 'setInterval(() => {}, 60_000)'

/** A service that runs a line of JavaScript, in new directories. */
async function prepare(t: Test, script: string, settings: Partial<Service> = {}) {
  const layout = servicesLayout(t.testdir())
  await mkdir(layout.logs)
  await mkdir(layout.current)
  let starts = 0
  const service: Service = {
    name: 'fake',
    address: 'nowhere',
    needs: [],
    prepare: async () => {
      starts++
      return { program: process.execPath, args: ['-e', script], version: '1' }
    },
    probe: async () => {},
    readyWithinMs: 10_000,
    endsWithinMs: 10_000,
    ...settings,
  }
  t.capture(console, 'log')
  return { layout, service, starts: () => starts }
}

t.test('a healthy service keeps running', async (t) => {
  const { layout, service, starts } = await prepare(t, waits)
  const first = await bringUp(layout, service)
  const second = await bringUp(layout, service)
  t.equal(first.wasRunning, false)
  t.strictSame(second, { record: first.record, wasRunning: true })
  t.equal(starts(), 1)
  t.strictSame(await readRecords(layout.processes), [first.record])
  await downServices(layout)
})

t.test('a running but unhealthy service is restarted', async (t) => {
  const { layout, service } = await prepare(t, waits)
  const first = await bringUp(layout, service)
  const refusals = [new Error('asleep')]
  const probe = async () => {
    const refusal = refusals.pop()
    if (refusal) throw refusal
  }
  const second = await bringUp(layout, { ...service, probe })
  t.not(second.record.pid, first.record.pid)
  t.notOk(isAlive(first.record))
  t.ok(isAlive(second.record))
  await downServices(layout)
})

t.test('if a service exits before it is ready, the error shows the end of its log', async (t) => {
  const probe = () => Promise.reject(new Error('refused'))
  const { layout, service } = await prepare(t, "console.error('no such option')", { probe })
  await t.rejects(bringUp(layout, service), { message: /fake exited before it was ready.*no such option/s })
  t.strictSame(await readRecords(layout.processes), [])
})

t.test('a service that does not become ready is stopped, and the error has the reason', async (t) => {
  const probe = () => Promise.reject(new Error('still loading'))
  const { layout, service } = await prepare(t, waits, { probe, readyWithinMs: 100 })
  await t.rejects(bringUp(layout, service), { message: /fake was not ready after 0.1 s: still loading/ })
  t.strictSame(await readRecords(layout.processes), [])
})

t.test('a missing program is an error', async (t) => {
  const missing = async () => ({ program: '/no/such/program', args: [], version: '1' })
  const { layout, service } = await prepare(t, waits, { prepare: missing })
  await t.rejects(bringUp(layout, service), { message: /fake cannot be started: .*ENOENT/ })
})

t.test('down stops a service and deletes its data; with a name it keeps the data', async (t) => {
  const { layout, service } = await prepare(t, waits)
  const { record } = await bringUp(layout, service)
  await downServices(layout, ['fake'])
  t.notOk(isAlive(record))
  await t.rejects(downServices(layout, ['other']), { message: /Unknown service other/ })
  const next = await bringUp(layout, service)
  await downServices(layout)
  t.notOk(isAlive(next.record))
  await downServices(layout)
  t.strictSame(await readRecords(layout.processes), [])
})
