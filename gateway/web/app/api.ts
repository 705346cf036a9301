import {
  createHashgateClient,
  type HashgateClient,
} from '../../../openapi/packages/client/src/hashgate-client.ts'
import { HashgateError } from '../../../openapi/packages/client/src/hashgate-error.ts'
import type { UploadAnswer, UploadTarget } from '../../../openapi/packages/client/src/types.ts'

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
  /** Calls `call` with a client that may read this image: a key that may only upload gets a token for each of its uploads. */
  reading: <T>(imageId: string, call: (client: HashgateClient) => Promise<T>) => Promise<T>
  /** Records the upload to the store, which does not go through `client`. */
  recordPut: (imageId: string, target: UploadTarget, fileName: string) => void
  /** The latest calls about an image, oldest first. */
  callsOf: (imageId: string) => RecordedCall[]
}

const maxCalls = 20
const imageIdForm = /[0-9a-f]{64}/g

/** A client for the gateway that serves this page. It keeps the calls for each image, so that the page can show them. */
export function createApi(key: string): Api {
  const gateway = location.origin
  const calls = new Map<string, RecordedCall[]>()

  function record(imageId: string, call: RecordedCall): void {
    const earlier =
      calls.get(imageId)?.filter(({ url, method }) => url !== call.url || method !== call.method) ?? []
    calls.set(imageId, [...earlier, call].slice(-maxCalls))
  }

  const readTokens = new Map<string, string>()

  const recordingFetch: typeof fetch = async (input, init) => {
    const { method = 'GET', body } = init ?? {}
    const url = String(input)
    const text = typeof body === 'string' ? body : undefined
    const headers: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' }
    for (const imageId of new Set(`${url} ${text ?? ''}`.match(imageIdForm)))
      record(imageId, { method, url, headers, body: text && onlyOf(imageId, text) })
    const response = await fetch(input, init)
    if (isUploadRequest(method, url) && response.ok)
      for (const { imageId, readToken } of await readAnswers(response.clone()))
        if (readToken) readTokens.set(imageId, readToken)
    return response
  }

  const createClient = (key: string) => createHashgateClient({ gateway, key, fetch: recordingFetch })
  const client = createClient(key)
  return {
    client,
    key,
    gateway,
    async reading(imageId, call) {
      try {
        return await call(client)
      } catch (error) {
        const token = readTokens.get(imageId)
        if (!token || !(error instanceof HashgateError && error.code === 'SCOPE_MISSING')) throw error
        return call(createClient(token))
      }
    },
    recordPut: (imageId, { method, url, headers }, file) => record(imageId, { method, url, headers, file }),
    callsOf: (imageId) => calls.get(imageId) ?? [],
  }
}

const isUploadRequest = (method: string, url: string) => method === 'POST' && url.includes('/v1/uploads')

type Answer = Pick<UploadAnswer, 'imageId' | 'readToken'>

/** The responses for all images of a request for one or for many. */
async function readAnswers(response: Response): Promise<Answer[]> {
  const answer: Answer | { results: (Answer | object)[] } = await response.json()
  const answers = 'results' in answer ? answer.results : [answer]
  return answers.filter((answer) => 'imageId' in answer)
}

/** The part of a request for many images that concerns this one. */
function onlyOf(imageId: string, body: string): string {
  const request: { uploads?: { sha256: string }[] } = JSON.parse(body)
  if (!request.uploads) return body
  return JSON.stringify({ uploads: request.uploads.filter(({ sha256 }) => sha256 === imageId) })
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

/** Quotes text for a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
