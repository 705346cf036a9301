import type { FaultResponse } from './start-fault-proxy.ts'

/** Source: "Error handling with DynamoDB", Amazon DynamoDB Developer Guide. */
export const dynamoDbFaults: readonly FaultResponse[] = [
  dynamoDbFault(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException'),
  dynamoDbFault(400, 'com.amazon.coral.availability#ThrottlingException'),
  dynamoDbFault(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError'),
]

/** Source: "Error responses", Amazon S3 API Reference. */
export const s3Faults: readonly FaultResponse[] = [
  {
    status: 503,
    headers: { 'content-type': 'application/xml' },
    body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
  },
]

function dynamoDbFault(status: number, type: string): FaultResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.0' }
  return { status, headers, body: JSON.stringify({ __type: type, message: 'This is a test.' }) }
}
