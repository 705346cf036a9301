import { Readable } from 'node:stream'
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { HttpResponse } from '@smithy/protocol-http'
import type { Dispatcher } from 'undici'
import type { KafkaClient } from '../../../core/kafka/kafka-client.ts'

/** No endpoint of our own: names and signatures are those of AWS. */
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

/** In the place of the SDK's HTTP client: everything up to the socket is real, and the write has succeeded. */
export const answerAtOnce = {
  handle: async () => ({
    response: new HttpResponse({ statusCode: 200, headers: answerHeaders(), body: streamOf(emptyJson) }),
  }),
} satisfies DynamoDBClientConfig['requestHandler']

/** The same in the place of undici's connections, which the hot calls use. */
export const answeringDispatcher = {
  dispatch(_request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
    const controller = {} as Dispatcher.DispatchController
    setImmediate(() => {
      handler.onRequestStart?.(controller, {})
      handler.onResponseStart?.(controller, 200, answerHeaders())
      handler.onResponseData?.(controller, emptyJson)
      handler.onResponseEnd?.(controller, {})
    })
    return true
  },
  close: async () => {},
} as unknown as Dispatcher

/** The SDK meets a stream, as it does when the bytes come from a socket. */
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
