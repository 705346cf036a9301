import { S3Client } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import { type LocalS3, type LocalS3Options, startLocalS3 } from '../../../local/s3/start-local-s3.ts'

export const keys = { accessKeyId: 'AKIDLOCALTEST', secretAccessKey: 'local/test+secret' }

/** Starts a local S3 that is closed when the test ends. */
export async function startTestS3(t: Test, options: Partial<LocalS3Options> = {}): Promise<LocalS3> {
  const s3 = await startLocalS3({ ...keys, ...options, directory: options.directory ?? t.testdir() })
  t.teardown(() => s3.close())
  return s3
}

export function connect(t: Test, s3: LocalS3, options: { secretAccessKey?: string } = {}): S3Client {
  const client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { ...keys, ...options },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  })
  t.teardown(() => client.destroy())
  return client
}
