import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { HttpResponse } from '@smithy/protocol-http'
import type { Dispatcher } from 'undici'
import type { KafkaClient } from '../../../core/kafka/kafka-client.ts'

/** Without custom endpoints, so that host names and signatures are those for AWS. */
export const stubbedEndpoints = { AWS_REGION: 'us-east-1', S3_ENDPOINT: '', DYNAMODB_ENDPOINT: '' }

export const emptyJson = Buffer.from('{}')

export const answerHeaders = () => ({
  server: 'Server',
  date: new Date().toUTCString(),
  'content-type': 'application/x-amz-json-1.0',
  'content-length': String(emptyJson.length),
  'x-amzn-requestid': 'VNSJ0ALC8QSRBQ4ODJ4AS6CCD3VV4KQNSO5AEMVJF66Q9ASUAAJG',
  'x-amz-crc32': '2745614147',
})

/** Replaces the SDK's HTTP client. Everything up to the socket is real, and every write succeeds. */
export const answerAtOnce = {
  handle: async () => ({
    response: new HttpResponse({ statusCode: 200, headers: answerHeaders(), body: streamOf(emptyJson) }),
  }),
} satisfies DynamoDBClientConfig['requestHandler']

interface StubbedAnswer {
  status: number
  content: object
}

/**
 * Replaces undici's connections, which the hot calls use.
 * @param answers by DynamoDB operation; an empty object by default
 */
export function createAnsweringDispatcher(answers: Record<string, StubbedAnswer> = {}): Dispatcher {
  const prepared = Object.fromEntries(
    Object.entries(answers).map(([operation, { status, content }]) => {
      const body = Buffer.from(JSON.stringify(content))
      return [operation, { status, body, checksum: String(crc32(body)) }]
    }),
  )
  const byDefault = { status: 200, body: emptyJson, checksum: String(crc32(emptyJson)) }

  return {
    dispatch({ headers }: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
      const controller = {} as Dispatcher.DispatchController
      const { status, body, checksum } = prepared[operationOf(headers as string[])] ?? byDefault
      setImmediate(() => {
        handler.onRequestStart?.(controller, {})
        handler.onResponseStart?.(controller, status, {
          ...answerHeaders(),
          'content-length': String(body.length),
          'x-amz-crc32': checksum,
        })
        handler.onResponseData?.(controller, body)
        handler.onResponseEnd?.(controller, {})
      })
      return true
    },
    close: async () => {},
  } as unknown as Dispatcher
}

/** @param headers alternating names and values */
function operationOf(headers: string[]): string {
  const target = headers[headers.indexOf('x-amz-target') + 1] ?? ''
  return target.slice(target.indexOf('.') + 1)
}

/** Returns the body as a stream, as the SDK gets it from a socket. */
function streamOf(bytes: Buffer): Readable {
  const stream = new Readable({ read() {} })
  stream.push(bytes)
  stream.push(null)
  return stream
}

/** A kafkajs client whose batches are acknowledged at once. Our event bus around it is real. */
export function stubKafka(): KafkaClient {
  const connection = { connect: async () => {}, disconnect: async () => {} }
  const client = {
    producer: () => ({ ...connection, sendBatch: async () => [] }),
    admin: () => ({ ...connection, describeCluster: async () => {} }),
  }
  return client as unknown as KafkaClient
}
