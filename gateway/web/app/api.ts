import {
  createHashgateClient,
  type HashgateClient,
} from '../../../openapi/packages/client/src/hashgate-client.ts'
import type { UploadTarget } from '../../../openapi/packages/client/src/types.ts'

/** A call that the page made, without the key. */
export interface RecordedCall {
  method: string
  url: string
  headers: Record<string, string>
  body?: string
  /** Name of the file that was sent. */
  file?: string
}

export interface Api {
  client: HashgateClient
  key: string
  gateway: string
  /** Records the upload to the store, which does not go through `client`. */
  recordPut: (imageId: string, target: UploadTarget, fileName: string) => void
  /** The latest calls about an image, oldest first. */
  callsOf: (imageId: string) => RecordedCall[]
}

const maxCalls = 20
const imageIdForm = /[0-9a-f]{64}/

/** A client for the gateway that serves this page. It keeps the calls for each image, so that the page can show them. */
export function createApi(key: string): Api {
  const gateway = location.origin
  const calls = new Map<string, RecordedCall[]>()

  function record(imageId: string, call: RecordedCall): void {
    const earlier =
      calls.get(imageId)?.filter(({ url, method }) => url !== call.url || method !== call.method) ?? []
    calls.set(imageId, [...earlier, call].slice(-maxCalls))
  }

  const recordingFetch: typeof fetch = (input, init) => {
    const body = typeof init?.body === 'string' ? init.body : undefined
    const [imageId] = imageIdForm.exec(`${input} ${body ?? ''}`) ?? []
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    if (imageId) record(imageId, { method: init?.method ?? 'GET', url: String(input), headers, body })
    return fetch(input, init)
  }

  return {
    client: createHashgateClient({ gateway, key, fetch: recordingFetch }),
    key,
    gateway,
    recordPut: (imageId, { method, url, headers }, file) => record(imageId, { method, url, headers, file }),
    callsOf: (imageId) => calls.get(imageId) ?? [],
  }
}

/** The command that repeats a call. */
export function toCurl({ method, url, headers, body, file }: RecordedCall): string {
  // The store accepts the signature in the URL, and curl sets the length itself.
  const authorization = file === undefined ? [`-H "authorization: Bearer $HASHGATE_KEY"`] : []
  const others = Object.entries(headers)
    .filter(([name]) => name !== 'content-length')
    .map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`)
  return [
    `curl -X ${method} ${quote(url)}`,
    ...authorization,
    ...others,
    ...(body === undefined ? [] : [`-d ${quote(body)}`]),
    ...(file === undefined ? [] : [`--upload-file ${quote(file)}`]),
  ].join(' \\\n  ')
}

/** For a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
