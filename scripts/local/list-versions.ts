import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3'

/** Every version of every object of a bucket; of a bucket that keeps none, its objects. */
export async function* listVersions(s3: S3Client, Bucket: string): AsyncGenerator<ObjectVersion[]> {
  let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}
  while (marker) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket, ...marker }),
    )
    yield page.Versions ?? []
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined
  }
}
