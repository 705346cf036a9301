import { access } from 'node:fs/promises'
import { HeadObjectCommand, NotFound } from '@aws-sdk/client-s3'
import { artefactParameters, type BuiltZip, builtZips, readArtefact } from '../artefacts.ts'
import { readOutputs } from '../read-outputs.ts'
import { type CheckContext, findParameter } from './check-context.ts'
import { answered, type Finding, type Verdict } from './finding.ts'

export interface ArtefactOptions {
  /** Whether the deployment builds the zips first. */
  builds: boolean
  /** The folder `dist/`. */
  dist: URL
}

/** Checks the files that stacks take from the artefact bucket: the zips of the build, and Kafka's release. */
export async function checkArtefacts(context: CheckContext, options: ArtefactOptions): Promise<Finding[]> {
  const bucket = await findBucket(context)
  const findings: Finding[] = []
  for (const name of builtZips) {
    if (!context.stacks.some(({ template }) => template.Parameters?.[artefactParameters[name]])) continue
    const [verdict, text] = await checkZip(context, name, bucket, options)
    findings.push({ subject: `${name}.zip`, verdict, text })
  }
  const release = findParameter(context, 'KafkaArtefactKey')
  if (!release) return findings
  const [verdict, text] = await checkRelease(context, release.value, bucket)
  return [...findings, { subject: 'Kafka release', verdict, text }]
}

async function findBucket({ deployment: { aws, env } }: CheckContext): Promise<string | undefined> {
  const path = `/hashgate/${env}/foundation/artefact-bucket`
  return (await answered('ssm:GetParameters', readOutputs(aws.ssm, [path]))).get(path)
}

/** The key of a zip is the hash of its content, so a key that exists has the right bytes. */
async function checkZip(
  context: CheckContext,
  name: BuiltZip,
  bucket: string | undefined,
  { builds, dist }: ArtefactOptions,
): Promise<[Verdict, string]> {
  if (builds) return ['ok', 'the deployment builds and uploads it']
  const file = new URL(`${name}.zip`, dist)
  const isBuilt = await access(file).then(
    () => true,
    () => false,
  )
  if (!isBuilt) return ['fails', `dist/${name}.zip is missing: run "npm run build", or omit --no-build`]
  const { key } = await readArtefact(name, file)
  const isThere = bucket !== undefined && (await exists(context, bucket, key))
  return ['ok', isThere ? `${key} is in the bucket` : `the deployment uploads ${key}`]
}

async function checkRelease(
  context: CheckContext,
  key: string,
  bucket: string | undefined,
): Promise<[Verdict, string]> {
  const upload = `upload Kafka's release as ${key} to the artefact bucket`
  if (!bucket) return ['fails', `deploy --stack foundation first, then ${upload}`]
  if (await exists(context, bucket, key)) return ['ok', `${key} is in the bucket`]
  return ['fails', `${upload}: aws s3 cp ‹file› s3://${bucket}/${key}`]
}

async function exists({ deployment }: CheckContext, Bucket: string, Key: string): Promise<boolean> {
  const head = deployment.aws.s3.send(new HeadObjectCommand({ Bucket, Key })).catch((error: Error) => {
    if (error instanceof NotFound) return undefined
    throw error
  })
  // Without s3:ListBucket S3 denies a missing key instead of reporting it.
  return (await answered('s3:GetObject and s3:ListBucket', head)) !== undefined
}
