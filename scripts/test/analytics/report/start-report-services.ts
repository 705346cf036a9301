import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import { startLocalS3 } from '../../../local/s3/start-local-s3.ts'
import { startDataApiDouble } from '../warehouse/start-data-api-double.ts'
import type { GeneratedImage } from './generate-images.ts'
import { openGeneratedWarehouse } from './open-generated-warehouse.ts'
import { startQueryDouble } from './start-query-double.ts'

const region = 'eu-west-1'
const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }
export const bucket = 'hashgate-test-reports'
export const topicArn = `arn:aws:sns:${region}:111122223333:hashgate-test-reports`
const viewerRoleArn = 'arn:aws:iam::111122223333:role/hashgate-test-viewer'

interface Options {
  now: Date
  historyMode?: boolean
}

/** Starts doubles for the scheduled report: a warehouse of these images behind the Data API, a bucket and a topic. */
export async function startReportServices(t: Test, images: GeneratedImage[], options: Options) {
  const source = await openGeneratedWarehouse(t, images, options)
  const warehouse = await startDataApiDouble(t, source)
  const topic = await startQueryDouble(t, viewerRoleArn)
  const store = await startLocalS3({ directory: t.testdir({}), region, ...credentials })
  const s3 = new S3Client({ endpoint: store.url, region, credentials, forcePathStyle: true })
  t.teardown(async () => {
    s3.destroy()
    await store.close()
  })
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))

  return {
    source,
    warehouse,
    topic,
    s3,
    list: async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key = '' }) => Key)
    },
    read: async (Key: string) => {
      const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
      return { text: (await Body?.transformToString()) ?? '', type: ContentType }
    },
    remove: (Key: string) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })),
    /** The environment of the function: its settings and the endpoints of the services. */
    environment: {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_S3: store.url,
      AWS_ENDPOINT_URL_SNS: topic.endpoint,
      AWS_ENDPOINT_URL_STS: topic.endpoint,
      AWS_ENDPOINT_URL_REDSHIFT_DATA: warehouse.endpoint,
      REPORT_ENV: 'test',
      REPORT_BUCKET: bucket,
      REPORT_TOPIC_ARN: topicArn,
      REPORT_VIEWER_ROLE_ARN: viewerRoleArn,
      LOG_LEVEL: 'silent',
    },
  }
}
