import type { S3Client } from '@aws-sdk/client-s3'
import { createPresigner, type PresignerOptions } from './presigner.ts'

export type PresignDownload = Awaited<ReturnType<typeof createPresignDownload>>

/** Creates the function that presigns the download of one variant. */
export async function createPresignDownload(s3: S3Client, options: PresignerOptions) {
  const presign = await createPresigner(s3, options)

  /**
   * @param key in the processed bucket
   * @param expiresAt epoch seconds: when the image expires
   */
  return function presignDownload(
    key: string,
    expiresAt: number,
  ): Promise<{ url: string; expiresAt: string }> {
    return presign('GET', key, { headers: {}, expiresAt })
  }
}
