import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { test } from 'tap'
import { rawKey } from '../../core/object-key.ts'
import { startEmbeddedServices } from './doubles/start-embedded-services.ts'
import { makeImage } from './images/make-image.ts'

const run = promisify(execFile)
const services = await startEmbeddedServices(t)

test('the exported handler does the work, with nothing but its environment', async (t) => {
  const record = await services.upload(await makeImage('jpeg'), 'image/jpeg')
  const event = {
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: 'raw' }, object: { key: rawKey(record), sequencer: '00' } },
      },
    ],
  }
  const program = `
    const { handler } = await import(${JSON.stringify(new URL('../lambda.ts', import.meta.url).href)})
    await handler(${JSON.stringify(event)}, { awsRequestId: 'request-1' })
    process.exit(0)`
  const environment = { ...process.env, ...services.environment }
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { env: environment })
  t.match(await services.find(record), { status: 'ready' })
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(lines.at(-1), {
    operation: 'process-image',
    requestId: 'request-1',
    imageId: record.imageId,
    msg: 'ready',
  })
})
