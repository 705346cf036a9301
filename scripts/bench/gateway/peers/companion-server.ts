/** Uppy Companion from COMPANION_DIRECTORY. Its `/s3/params` needs no network. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { answerQuestions } from '../../answer-questions.ts'
import { cpuMicros } from '../serve.ts'
import { credentials, presignTtlSeconds, rawBucket } from '../settings.ts'

interface Companion {
  app(options: object): { app: RequestListener }
}

const directory = `${process.env.COMPANION_DIRECTORY}/`
const express = createRequire(directory)('express') as () => RequestListener & {
  use(handler: RequestListener): void
}
const entry = pathToFileURL(`${directory}node_modules/@uppy/companion/lib/companion.js`).href
const companion = (await import(entry)) as Companion

const app = express()
app.use(
  companion.app({
    providerOptions: {},
    server: { host: '127.0.0.1', protocol: 'http' },
    filePath: directory,
    secret: 'not-a-secret',
    corsOrigins: true,
    metrics: false,
    s3: {
      key: credentials.accessKeyId,
      secret: credentials.secretAccessKey,
      bucket: rawBucket,
      region: 'us-east-1',
      expires: presignTtlSeconds,
    },
  }).app,
)
const server = createServer(app)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
answerQuestions(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { cpuMicros })
