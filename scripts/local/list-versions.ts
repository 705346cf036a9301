import { ListObjectVersionsCommand, type ObjectVersion, type S3Client } from '@aws-sdk/client-s3'

type Marker = { KeyMarker?: string; VersionIdMarker?: string }

/** Every version of every object of a bucket; of a bucket that keeps none, its objects. */
export async function listVersions(s3: S3Client, bucket: string): Promise<ObjectVersion[]> {
  const found = new Map<string, ObjectVersion>()
  let marker: Marker | undefined = {}
  while (marker) marker = await readPage(s3, bucket, marker, found)
  return [...found.values()]
}

/** By key and version: versitygw begins a page with the version that ended the one before. */
async function readPage(
  s3: S3Client,
  Bucket: string,
  marker: Marker,
  found: Map<string, ObjectVersion>,
): Promise<Marker | undefined> {
  const page = await s3.send(new ListObjectVersionsCommand({ Bucket, ...marker }))
  for (const version of page.Versions ?? []) found.set(`${version.Key} ${version.VersionId}`, version)
  if (!page.IsTruncated) return undefined
  return { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
}
