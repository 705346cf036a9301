/** The gateway on the stores of `npm start`, each of which runs in a process of its own. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { createCatalogTable } from '../../../core/catalog/create-catalog-table.ts'
import { createKafka } from '../../../core/kafka/kafka-client.ts'
import { logger, serveGateway } from './serve-gateway.ts'
import { credentials, table } from './settings.ts'

const { DYNAMODB_ENDPOINT = '', KAFKA_BROKERS: brokers = '' } = process.env
const endpoints = { AWS_REGION: 'us-east-1', S3_ENDPOINT: '', DYNAMODB_ENDPOINT }

const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(endpoints), credentials })
await createCatalogTable(dynamoDb, table)
await serveGateway({
  // Presigning never asks the store.
  s3: new S3Client({ ...s3ClientOptions(endpoints), credentials }),
  dynamoDb,
  kafka: createKafka({ brokers, clientId: 'bench', logger }),
})
