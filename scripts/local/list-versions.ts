import { ListObjectVersionsCommand, type ObjectVersion, type S3Client } from '@aws-sdk/client-s3'

type Marker = { KeyMarker?: string; VersionIdMarker?: string }

/** Lists every version of every object in a bucket, or the objects if the bucket is not versioned. */
export async function listVersions(s3: S3Client, bucket: string): Promise<ObjectVersion[]> {
  const found = new Map<string, ObjectVersion>()
  let marker: Marker | undefined = {}
  while (marker) marker = await readPage(s3, bucket, marker, found)
  return [...found.values()]
}

/** Keyed by object key and version, because versitygw repeats the last version of a page on the next one. */
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
