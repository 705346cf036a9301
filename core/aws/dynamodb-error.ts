import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  ReplicatedWriteConflictException,
} from '@aws-sdk/client-dynamodb'
import type { HttpAnswer } from './send-request.ts'

/**
 * The AWS SDK's exception for DynamoDB's response to a failed call. Only exceptions with additional properties have their own
 * class here; the others are distinguished by `name`.
 */
export function toDynamoDbError({ status, headers, body }: HttpAnswer): DynamoDBServiceException {
  const { __type, message, Message, Item } = parseObject(body)
  const name = __type?.split('#').at(-1)?.split(':')[0] || 'UnknownError'
  const options = {
    name,
    message: message ?? Message ?? `DynamoDB answered with status ${status}.`,
    $fault: status < 500 ? ('client' as const) : ('server' as const),
    $metadata: { httpStatusCode: status, requestId: headers['x-amzn-requestid'] as string | undefined },
  }
  if (name === 'ConditionalCheckFailedException')
    return new ConditionalCheckFailedException({ ...options, Item })
  if (name === 'ReplicatedWriteConflictException') return new ReplicatedWriteConflictException(options)
  return new DynamoDBServiceException(options)
}

interface FailedAnswer {
  __type?: string
  message?: string
  Message?: string
  /** With `ReturnValuesOnConditionCheckFailure`: the item that the condition did not hold for, as attribute values. */
  Item?: ConditionalCheckFailedException['Item']
}

function parseObject(body: Buffer): FailedAnswer {
  try {
    return Object(JSON.parse(body.toString()))
  } catch {
    return {}
  }
}
