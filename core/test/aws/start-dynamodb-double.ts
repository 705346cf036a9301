import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as sendCall } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Test } from 'tap'
import { documentClientOptions, dynamoDbClientOptions } from '../../aws/aws-client-options.ts'

interface Patience {
  /** Milliseconds to wait for a response. */
  requestTimeout?: number
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Starts a DynamoDB that responds with `answer`, and a client for it. */
export async function startDynamoDbDouble(t: Test, answer: Answer, patience?: Patience) {
  const calls: string[] = []
  const server = createServer((request, response) => {
    calls.push(operationOf(request))
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const documents = connect(t, endpoint, patience)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { documents, calls }
}

/** A client with the options of production, and optionally a shorter request timeout. */
export function connect(t: Test, endpoint: string, patience: Patience = {}): DynamoDBDocumentClient {
  const options = dynamoDbClientOptions({
    AWS_REGION: 'us-east-1',
    DYNAMODB_ENDPOINT: endpoint,
    S3_ENDPOINT: '',
  })
  const client = new DynamoDBClient({
    ...options,
    requestHandler: { ...options.requestHandler, ...patience },
    credentials: { accessKeyId: 'access', secretAccessKey: 'secret' },
  })
  t.teardown(() => client.destroy())
  return DynamoDBDocumentClient.from(client, documentClientOptions)
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

/** Forwards every request to the store at `endpoint`. */
export const forwardTo =
  (endpoint: string): Answer =>
  (request, response) =>
    forwardCall(endpoint, request, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
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

/** Uses one answer for the first `count` requests of an operation, and another for all others. */
export function answerFirst(operation: string, count: number, first: Answer, otherwise: Answer): Answer {
  let left = count
  return (request, response) => {
    const isMeant = operationOf(request) === operation && left-- > 0
    return (isMeant ? first : otherwise)(request, response)
  }
}

/** `PutItem`, `UpdateItem`, … */
const operationOf = ({ headers }: IncomingMessage) => String(headers['x-amz-target']).replace(/^.*\./, '')
