import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { HeadObjectCommand, NotFound, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Aws } from './connect-aws.ts'

/** A file for deployment. Its key contains the hash of its content, so that a key never refers to different bytes. */
export interface Artefact {
  key: string
  bytes: Buffer
}

/** The artefacts of a deployment, and the parameters of the templates that take their keys. */
export const artefactParameters = {
  processor: 'ProcessorArtefactKey',
  gateway: 'GatewayArtefactKey',
  gatewayBoot: 'GatewayBootKey',
  report: 'ReportArtefactKey',
} as const

/** The artefacts that the build makes, as `dist/‹name›.zip`. */
export const builtZips = ['processor', 'gateway', 'report'] as const
export type BuiltZip = (typeof builtZips)[number]

export type Artefacts = Partial<Record<keyof typeof artefactParameters, Artefact>>

/** Pairs each artefact with the parameter that takes its key. */
export const pairWithParameters = (artefacts: Artefacts): [parameter: string, artefact: Artefact][] =>
  Object.entries(artefactParameters).flatMap(([name, parameter]) => {
    const artefact = artefacts[name as keyof Artefacts]
    return artefact ? [[parameter, artefact]] : []
  })

/** @throws Error if the file is missing */
export async function readBootScript(file: URL): Promise<Artefact> {
  return nameArtefact('gateway', 'sh', await readFile(file))
}

export async function readArtefact(name: BuiltZip, file: URL): Promise<Artefact> {
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
