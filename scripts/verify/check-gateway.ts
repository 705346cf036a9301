import type { Readiness } from '../../openapi/packages/client/src/contract.ts'
import { type Check, expect, requestUpload, Skipped } from './check.ts'
import { type Answer, describeAnswer, sendExactly } from './send-exactly.ts'

const signedHeaders = ['content-length', 'content-type', 'host', 'if-none-match', 'x-amz-checksum-sha256']

export const gatewayChecks: Check[] = [
  {
    promise: 'the gateway and all its dependencies are ready',
    diagnosis: 'GET /readyz names the dependency; the gateway’s log has the reason.',
    isVital: true,
    run: async ({ gateway }) => {
      const answer = await sendExactly({ method: 'GET', url: `${gateway}/readyz`, headers: {} })
      const readiness = readJson<Readiness>(answer.body)
      const down = Object.entries(readiness?.dependencies ?? {}).filter(([, { state }]) => state !== 'up')
      const names = down.map(([name]) => name).join(', ')
      expect(answer.status === 200, `${describeAnswer(answer)}${names && `, down: ${names}`}`)
      expect(
        readiness?.status === 'ready',
        `${readiness?.status ?? 'not the answer of a hashgate gateway'} ${names}`,
      )
    },
  },
  {
    promise: 'the key is accepted, and a new photo gets an upload URL',
    diagnosis: 'The key needs the scopes upload and read: "npm run keys -- list" shows its scopes.',
    isVital: true,
    run: async (target) => {
      await requestUpload(target, target.photo)
    },
  },
  {
    promise: 'the gateway answers 401 without a key and with a wrong key',
    diagnosis: 'AUTH must not be "none", and no proxy in front of the gateway may add a key.',
    run: async ({ gateway, photo }) => {
      for (const key of [undefined, 'hg_000000000000_wrong']) {
        const answer = await sendExactly({
          method: 'POST',
          url: `${gateway}/v1/uploads`,
          headers: { 'content-type': 'application/json', ...(key && { 'x-api-key': key }) },
          body: Buffer.from(JSON.stringify(photo.request)),
        })
        expect(
          answer.status === 401,
          `${describeAnswer(answer)} ${key ? 'with a wrong key' : 'without a key'}`,
        )
      }
    },
  },
  {
    promise: 'the URL’s signature covers length, type, checksum and if-none-match',
    diagnosis: 'The store enforces only signed headers. This is a bug in the gateway: report it.',
    run: async (target) => {
      const { upload } = await requestUpload(target, target.photo)
      const signed = new URL(upload.url).searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? []
      const missing = signedHeaders.filter((name) => !signed.includes(name))
      expect(missing.length === 0, `not signed: ${missing.join(', ')}`)
      expect(!/crc32/i.test(upload.url), 'the URL carries the CRC32 of an empty body')
    },
  },
  {
    promise: 'the gateway does not answer over plain HTTP',
    diagnosis: 'Port 80 of the load balancer must be closed, or redirect to https.',
    run: async ({ gateway }) => {
      const { protocol, port, hostname } = new URL(gateway)
      if (protocol !== 'https:') throw new Skipped('the gateway was given as http://')
      if (port) throw new Skipped(`the plain HTTP port that belongs to port ${port} is unknown`)
      const answer = await sendExactly({ method: 'GET', url: `http://${hostname}/healthz`, headers: {} })
      expect(refusesPlainHttp(answer), describeAnswer(answer))
    },
  },
]

/** True for no answer or a redirect to HTTPS. An error is not enough: the request may have carried a key. */
export function refusesPlainHttp({ status, location }: Answer): boolean {
  return status === 0 || (status >= 300 && status < 400 && /^https:\/\//i.test(location))
}

function readJson<T>(bytes: Buffer): T | undefined {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
