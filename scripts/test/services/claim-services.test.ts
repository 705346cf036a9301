import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { claimServices } from '../../services/claim-services.ts'
import { servicesLayout } from '../../services/services-layout.ts'

t.test('one at a time, and the next when it is done', async (t) => {
  const layout = servicesLayout(t.testdir())
  const release = await claimServices(layout)
  await t.rejects(claimServices(layout), { message: `process ${process.pid}` })
  await release()
  await (await claimServices(layout))()
  t.strictSame(await readdir(layout.root), [])
})

const abandoned = [JSON.stringify({ pid: process.pid, startMark: 'an earlier start' }), '', '{"pid":']
for (const text of abandoned) {
  t.test(`a lock that nobody alive holds is in nobody’s way: ${text}`, async (t) => {
    const layout = servicesLayout(t.testdir())
    await writeFile(join(layout.root, 'lock'), text)
    await (await claimServices(layout))()
  })
}
