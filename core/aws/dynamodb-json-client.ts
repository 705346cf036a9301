import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import {
  isServerError,
  isThrottlingError,
  isTransientError,
  type StandardRetryStrategy,
} from '@smithy/core/retry'
import { Agent, type Dispatcher } from 'undici'
import { dynamoDbLimits } from './aws-client-options.ts'
import { cacheCredentials } from './cache-credentials.ts'
import { toDynamoDbError } from './dynamodb-error.ts'
import { type HttpAnswer, sendRequest } from './send-request.ts'
import { algorithm, createSigv4Signer, type SignedHeader, signedHeaderNames } from './sigv4.ts'

export type HotOperation = 'GetItem' | 'PutItem' | 'UpdateItem' | 'BatchGetItem'

export interface JsonClientOptions {
  /** Replaces the connections. */
  dispatcher?: Dispatcher
  /** Per attempt. */
  requestTimeoutMs?: number
  /** Epoch milliseconds. */
  now?: () => number
}

/** Larger than any item (400 KB) and than any page of `BatchGetItem` (16 MB), as JSON. */
const maxAnswerBytes: Record<HotOperation, number> = {
  GetItem: 1_048_576,
  PutItem: 1_048_576,
  UpdateItem: 1_048_576,
  BatchGetItem: 32 * 1_048_576,
}

/** The AWS SDK repeats a call with the service's time when the clocks differ by more. */
const maxClockSkewMs = 240_000

/**
 * Calls DynamoDB by its JSON protocol over pooled keep-alive connections and signs with a cached key. Endpoint, region, credentials,
 * retry strategy and clock correction are those of the SDK's client; only its middleware is left out.
 *
 * Source: AWS, "DynamoDB low-level API" (DynamoDB Developer Guide).
 */
export function createDynamoDbJsonClient({ config }: DynamoDBClient, options: JsonClientOptions = {}) {
  const { requestTimeoutMs = dynamoDbLimits.requestTimeoutMs, now = Date.now } = options
  const dispatcher = options.dispatcher ?? openAgent()
  const findCredentials = cacheCredentials(config.credentials)
  let opening: ReturnType<typeof open> | undefined

  /** Values that all calls share, computed at the first one. */
  async function open() {
    const { url } = await getEndpointFromInstructions({}, GetItemCommand as never, config as never)
    const signer = createSigv4Signer({ region: await config.region(), service: 'dynamodb' })
    // The type also allows an older interface, which the SDK never creates.
    const retryStrategy = (await config.retryStrategy()) as StandardRetryStrategy
    return { url, signer, retryStrategy }
  }

  /**
   * Resolves with DynamoDB's response.
   * @param input JSON as DynamoDB's API has it, with attribute values
   * @throws the SDK's exceptions
   */
  async function call(operation: HotOperation, input: object, signal?: AbortSignal): Promise<object> {
    opening ??= open()
    const opened = await opening.catch((error) => {
      opening = undefined
      throw error
    })
    const { retryStrategy } = opened
    const body = JSON.stringify(input)
    let token = await retryStrategy.acquireInitialRetryToken('')
    for (;;) {
      try {
        const answer = await attempt(operation, body, opened, signal)
        retryStrategy.recordSuccess(token)
        return answer
      } catch (error) {
        // Waits for the back-off, or rejects when there are no more attempts.
        const refreshed = retryStrategy.refreshRetryTokenForRetry(token, retryInfo(error as SdkError))
        token = await refreshed.catch(() => {
          throw error
        })
      }
    }
  }

  async function attempt(
    operation: HotOperation,
    body: string,
    { url, signer }: Awaited<ReturnType<typeof open>>,
    signal?: AbortSignal,
  ): Promise<object> {
    const { accessKeyId, secretAccessKey, sessionToken } = await findCredentials()
    const time = signer.scopeAt(now() + config.systemClockOffset)
    const headers: SignedHeader[] = [
      ['content-type', 'application/x-amz-json-1.0'],
      ['host', url.host],
      ['x-amz-date', time.amzDate],
      ['x-amz-target', `DynamoDB_20120810.${operation}`],
    ]
    if (sessionToken) headers.splice(3, 0, ['x-amz-security-token', sessionToken])
    const bodyHash = hash('sha256', body)
    const request = { method: 'POST', path: url.pathname, query: '', headers, bodyHash } as const
    const signature = signer.sign(secretAccessKey, time, request)
    const authorization = `${algorithm} Credential=${accessKeyId}/${time.scope}, SignedHeaders=${signedHeaderNames(headers)}, Signature=${signature}`
    return readAnswer(
      await sendRequest(
        dispatcher,
        {
          origin: url.origin,
          path: url.pathname,
          method: 'POST',
          headers: [...headers.flat(), 'user-agent', 'hashgate', 'authorization', authorization],
          body,
        },
        { timeoutMs: requestTimeoutMs, maxBytes: maxAnswerBytes[operation], signal },
      ),
    )
  }

  function readAnswer(answer: HttpAnswer): object {
    const { status, headers, body } = answer
    const checksum = headers['x-amz-crc32']
    if (checksum !== undefined && Number(checksum) !== crc32(body)) throw checksumError()
    if (status === 200) return JSON.parse(body.toString())
    const error = toDynamoDbError(answer)
    const skewMs = Date.parse(headers.date ?? '') - now()
    if (Math.abs(skewMs) >= maxClockSkewMs && skewMs !== config.systemClockOffset) {
      config.systemClockOffset = skewMs
      Object.assign(error.$metadata, { clockSkewCorrected: true })
    }
    throw error
  }

  return { call, close: () => dispatcher.close() }
}

function openAgent(): Agent {
  return new Agent({
    connections: dynamoDbLimits.maxSockets,
    connect: { timeout: dynamoDbLimits.connectTimeoutMs },
    // AWS's gateways drop idle connections after 350 seconds.
    keepAliveTimeout: 60_000,
    // `sendRequest` has a timeout for the whole response.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

/** Transient for the retry strategy, because another attempt brings the right bytes. */
function checksumError(): Error {
  const message = "DynamoDB's response does not match its checksum."
  return Object.assign(new Error(message), { name: 'CRC32CheckFailed', $retryable: {} })
}

type SdkError = Parameters<typeof isTransientError>[0]

/** The SDK's classification, which it does not export. */
function retryInfo(error: SdkError) {
  if (isThrottlingError(error)) return { error, errorType: 'THROTTLING' } as const
  if (isTransientError(error)) return { error, errorType: 'TRANSIENT' } as const
  return { error, errorType: isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR' } as const
}
