import type { Readiness } from '../../openapi/client/contract.ts'
import { type Check, expect, requestUpload, Skipped } from './check.ts'
import { type Answer, describeAnswer, sendAsTold } from './send-as-told.ts'

const signedHeaders = ['content-length', 'content-type', 'host', 'if-none-match', 'x-amz-checksum-sha256']

export const gatewayChecks: Check[] = [
  {
    promise: 'the gateway is ready, and so is all that it depends on',
    diagnosis: 'GET /readyz names the dependency; the gateway’s log says why it cannot be reached.',
    isVital: true,
    run: async ({ gateway }) => {
      const answer = await sendAsTold({ method: 'GET', url: `${gateway}/readyz`, headers: {} })
      const readiness = readJson<Readiness>(answer.body)
      const down = Object.entries(readiness?.dependencies ?? {}).filter(([, { state }]) => state !== 'up')
      const names = down.map(([name]) => name).join(', ')
      expect(answer.status === 200, `${describeAnswer(answer)}${names && `, down: ${names}`}`)
      expect(readiness?.status === 'ready', `${readiness?.status ?? 'an answer of somebody else'} ${names}`)
    },
  },
  {
    promise: 'the key is accepted, and a photo that nobody has uploaded gets a URL',
    diagnosis: 'The key needs the scopes upload and read: "npm run keys -- list" shows what it has.',
    isVital: true,
    run: async (target) => {
      await requestUpload(target, target.photo)
    },
  },
  {
    promise: 'without a key, and with a wrong one, the gateway answers 401',
    diagnosis: 'AUTH must not be "none", and nothing in front of the gateway may add a key.',
    run: async ({ gateway, photo }) => {
      for (const key of [undefined, 'hg_000000000000_wrong']) {
        const answer = await sendAsTold({
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
    promise: 'the URL’s signature covers length, type, checksum and "do not overwrite"',
    diagnosis: 'The store enforces only what is signed. This is a fault of the gateway: report it.',
    run: async (target) => {
      const { upload } = await requestUpload(target, target.photo)
      const signed = new URL(upload.url).searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? []
      const missing = signedHeaders.filter((name) => !signed.includes(name))
      expect(missing.length === 0, `not signed: ${missing.join(', ')}`)
      expect(!/crc32/i.test(upload.url), 'the URL carries the CRC32 of an empty body')
    },
  },
  {
    promise: 'the gateway does not answer in the clear',
    diagnosis: 'Port 80 of the load balancer must be closed, or redirect to https.',
    run: async ({ gateway }) => {
      const { protocol, port, hostname } = new URL(gateway)
      if (protocol !== 'https:') throw new Skipped('the gateway was given as http://')
      if (port) throw new Skipped(`which port would be the one in the clear is unknown beside ${port}`)
      const answer = await sendAsTold({ method: 'GET', url: `http://${hostname}/healthz`, headers: {} })
      expect(isSilentInTheClear(answer), describeAnswer(answer))
    },
  },
]

/** A refusal is an answer, too: the key that came with the request has been on the wire. */
export function isSilentInTheClear({ status, location }: Answer): boolean {
  return status === 0 || (status >= 300 && status < 400 && /^https:\/\//i.test(location))
}

function readJson<T>(bytes: Buffer): T | undefined {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
