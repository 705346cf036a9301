/** The gateway over real connections: HTTP to a DynamoDB that answers at once, and kafkajs to a broker. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { createKafka } from '../../../core/kafka/kafka-client.ts'
import { logger, serveGateway } from './serve-gateway.ts'
import { credentials } from './settings.ts'

const { DYNAMODB_ENDPOINT = '', KAFKA_BROKERS: brokers = '' } = process.env
const endpoints = { AWS_REGION: 'us-east-1', S3_ENDPOINT: '', DYNAMODB_ENDPOINT }

await serveGateway({
  // Presigning sends no request to the store.
  s3: new S3Client({ ...s3ClientOptions(endpoints), credentials }),
  dynamoDb: new DynamoDBClient({ ...dynamoDbClientOptions(endpoints), credentials }),
  kafka: createKafka({ brokers, clientId: 'bench', logger }),
})
