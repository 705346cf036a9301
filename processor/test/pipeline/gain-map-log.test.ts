import { Writable } from 'node:stream'
import { pino } from 'pino'
import { test } from 'tap'
import { readVariants } from '../../../core/images/read-variants.ts'
import { createTestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { createProcessOnce } from '../../pipeline/process-once.ts'
import { secondPictureAt, ultraHdr } from '../imaging/gain-map/render-hdr.ts'

test('the log has the reason why a ready image lost its gain map', async (t) => {
  const fixture = await createTestProcessor(t)
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const jpeg = { name: 'hdr', width: 80, height: 80, format: 'jpeg', background: '#ffffff', gainMap: true }
  const deps = { ...fixture.deps, variants: readVariants(JSON.stringify([jpeg])) }
  const processOnce = createProcessOnce({ deps, imagesInFlight: 1, logger: pino(sink) })
  for (const original of [ultraHdr, ultraHdr.subarray(0, secondPictureAt)]) {
    t.match(await processOnce(await fixture.upload(original, 'image/jpeg')), { outcome: 'ready' })
  }
  const [whole, broken] = lines.map((line) => JSON.parse(line))
  t.equal(whole.gainMapOmitted, undefined)
  t.match(broken, { msg: 'ready', gainMapOmitted: 'not_found' })
})
