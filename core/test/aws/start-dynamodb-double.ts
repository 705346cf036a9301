import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as sendCall } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { ConfiguredRetryStrategy } from '@smithy/core/retry'
import type { Test } from 'tap'
import { documentClientOptions, dynamoDbClientOptions } from '../../aws/aws-client-options.ts'
import { createDocumentClient, type DocumentClient } from '../../aws/document-client.ts'

export interface ConnectOptions {
  /** Milliseconds to wait for a response. */
  requestTimeout?: number
  /** The SDK's document client instead of ours. */
  sdk?: boolean
  sessionToken?: string
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Starts a DynamoDB that responds with `answer`, and a client for it. */
export async function startDynamoDbDouble(t: Test, answer: Answer, options?: ConnectOptions) {
  const calls: string[] = []
  const server = createServer((request, response) => {
    calls.push(operationOf(request))
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const documents = connect(t, endpoint, options)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { endpoint, documents, calls }
}

/** A client with the options of production, apart from those given. Retries do not wait. */
export function connect(t: Test, endpoint: string, options: ConnectOptions = {}): DocumentClient {
  return connectBoth(t, endpoint, options).documents
}

/** A client and the SDK's client whose settings it uses. */
export function connectBoth(
  t: Test,
  endpoint: string,
  { requestTimeout, sdk, sessionToken }: ConnectOptions,
) {
  const production = dynamoDbClientOptions({
    AWS_REGION: 'us-east-1',
    DYNAMODB_ENDPOINT: endpoint,
    S3_ENDPOINT: '',
  })
  const client = new DynamoDBClient({
    ...production,
    requestHandler: { ...production.requestHandler, ...(requestTimeout && { requestTimeout }) },
    retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
    credentials: { accessKeyId: 'access', secretAccessKey: 'secret', ...(sessionToken && { sessionToken }) },
  })
  t.teardown(() => client.destroy())
  if (sdk) return { client, documents: DynamoDBDocumentClient.from(client, documentClientOptions) }
  const documents = createDocumentClient(client, { requestTimeoutMs: requestTimeout })
  t.teardown(documents.close)
  return { client, documents }
}

export const refuse =
  (status: number, type: string): Answer =>
  (request, response) => {
    request.resume()
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(
      JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'inner words' }),
    )
  }

/** Forwards every request to the store at `endpoint`. @param changed headers to replace in its responses */
export const forwardTo =
  (endpoint: string, changed: Record<string, string> = {}): Answer =>
  (request, response) =>
    forwardCall(endpoint, request, (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...changed })
      answer.pipe(response)
    })

/** Forwards a request to the store at `endpoint`, then closes the connection instead of responding. */
export const forwardAndHangUp =
  (endpoint: string): Answer =>
  (request, response) =>
    forwardCall(endpoint, request, (answer) => answer.resume().on('end', () => response.destroy()))

function forwardCall(
  endpoint: string,
  request: IncomingMessage,
  onAnswer: (answer: IncomingMessage) => void,
) {
  const { method, url = '/', headers } = request
  request.pipe(sendCall(new URL(url, endpoint), { method, headers }).on('response', onAnswer))
}

/** Refuses requests signed more than five minutes from `serverMs` (epoch milliseconds), as DynamoDB does, and returns its own time. */
export const refuseOtherTimes =
  (serverMs: number, otherwise: Answer): Answer =>
  (request, response) => {
    const signedAt = String(request.headers['x-amz-date']).replace(
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
      '$1-$2-$3T$4:$5:$6Z',
    )
    if (Math.abs(Date.parse(signedAt) - serverMs) < 300_000) return otherwise(request, response)
    response.setHeader('date', new Date(serverMs).toUTCString())
    refuse(400, 'InvalidSignatureException')(request, response)
  }

/** Uses one response for the first `count` requests of an operation, and another for all others. */
export function answerFirst(operation: string, count: number, first: Answer, otherwise: Answer): Answer {
  let left = count
  return (request, response) => {
    const isMeant = operationOf(request) === operation && left-- > 0
    return (isMeant ? first : otherwise)(request, response)
  }
}

/** `PutItem`, `UpdateItem`, … */
const operationOf = ({ headers }: IncomingMessage) => String(headers['x-amz-target']).replace(/^.*\./, '')
