import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { HeadObjectCommand, NotFound, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Aws } from './connect-aws.ts'

/** A file that is deployed, under the hash of its content: so it is never another one under the same name. */
export interface Artefact {
  key: string
  bytes: Buffer
}

export async function readArtefact(room: 'processor' | 'gateway', file: URL): Promise<Artefact> {
  const bytes = await readFile(file).catch(() => {
    throw new Error(`There is no ${room} to deploy (dist/${room}.zip): "npm run build" makes it.`)
  })
  return nameArtefact(room, 'zip', bytes)
}

export function nameArtefact(folder: string, extension: string, bytes: Buffer): Artefact {
  return { key: `${folder}/${createHash('sha256').update(bytes).digest('hex')}.${extension}`, bytes }
}

/** Returns whether it was sent: what is there already is left alone. S3 checks the bytes against their hash. */
export async function uploadArtefact(
  s3: Aws['s3'],
  bucket: string,
  { key, bytes }: Artefact,
): Promise<boolean> {
  if (await isThere(s3, bucket, key)) return false
  const ChecksumSHA256 = createHash('sha256').update(bytes).digest('base64')
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ChecksumSHA256 }))
  return true
}

async function isThere(s3: Aws['s3'], bucket: string, key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return true
  } catch (error) {
    if (error instanceof NotFound) return false
    throw error
  }
}
