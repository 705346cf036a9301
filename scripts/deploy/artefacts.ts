import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { HeadObjectCommand, NotFound, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Aws } from './connect-aws.ts'

/** A file for deployment. Its key contains the hash of its content, so that a key never refers to different bytes. */
export interface Artefact {
  key: string
  bytes: Buffer
}

export async function readArtefact(name: 'processor' | 'gateway', file: URL): Promise<Artefact> {
  const bytes = await readFile(file).catch(() => {
    throw new Error(`dist/${name}.zip is missing. Run "npm run build" first.`)
  })
  return nameArtefact(name, 'zip', bytes)
}

export function nameArtefact(folder: string, extension: string, bytes: Buffer): Artefact {
  return { key: `${folder}/${createHash('sha256').update(bytes).digest('hex')}.${extension}`, bytes }
}

/** Uploads the artefact unless it exists; S3 checks its SHA-256. Returns whether it was uploaded. */
export async function uploadArtefact(
  s3: Aws['s3'],
  bucket: string,
  { key, bytes }: Artefact,
): Promise<boolean> {
  if (await exists(s3, bucket, key)) return false
  const ChecksumSHA256 = createHash('sha256').update(bytes).digest('base64')
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ChecksumSHA256 }))
  return true
}

async function exists(s3: Aws['s3'], bucket: string, key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return true
  } catch (error) {
    if (error instanceof NotFound) return false
    throw error
  }
}
