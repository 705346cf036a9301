/** The gateway with everything of ours on, and of its dependencies all but the network. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { serveGateway } from './serve-gateway.ts'
import { credentials } from './settings.ts'
import { answerAtOnce, answeringDispatcher, stubbedEndpoints, stubKafka } from './stub-network-edge.ts'

await serveGateway({
  s3: new S3Client({ ...s3ClientOptions(stubbedEndpoints), credentials, requestHandler: answerAtOnce }),
  dynamoDb: new DynamoDBClient({
    ...dynamoDbClientOptions(stubbedEndpoints),
    credentials,
    requestHandler: answerAtOnce,
  }),
  dispatcher: answeringDispatcher,
  kafka: stubKafka(),
})
