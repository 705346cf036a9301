import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { credentials } from './settings.ts'
import { answerAtOnce, createAnsweringDispatcher, stubbedEndpoints, stubKafka } from './stub-network-edge.ts'

/** The gateway's real clients, whose requests are answered at once instead of being sent. */
export const stubbedClients = {
  s3: new S3Client({ ...s3ClientOptions(stubbedEndpoints), credentials, requestHandler: answerAtOnce }),
  dynamoDb: new DynamoDBClient({
    ...dynamoDbClientOptions(stubbedEndpoints),
    credentials,
    requestHandler: answerAtOnce,
  }),
  dispatcher: createAnsweringDispatcher(),
  kafka: stubKafka(),
}
