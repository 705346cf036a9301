import { type Artefact, nameArtefact, uploadArtefact } from '../artefacts.ts'
import { type Deployment, knownValues } from '../deployment.ts'
import { readOutput, readOutputs } from '../read-outputs.ts'
import type { Stack } from '../read-stacks.ts'
import { listReads, resolveParameters } from '../resolve-parameters.ts'
import { type ChangeSet, createChangeSet } from './change-set.ts'
import type { FoundStack } from './find-stack.ts'
import { keptValues, refuseNewValues } from './fixed-parameters.ts'

/** CloudFormation accepts longer bodies only from a bucket. */
const maxBodyBytes = 51_200

/** Finds the SSM names that this stack reads and that do not exist yet. */
export async function findMissingInputs(deployment: Deployment, stack: Stack): Promise<string[]> {
  const reads = listReads(stack, deployment.env)
  const written = await readOutputs(deployment.aws.ssm, reads)
  return reads.filter((name) => !written.has(name))
}

/** Creates the change set of a stack. @param found the existing stack, unless it is to be created */
export async function prepareChangeSet(
  deployment: Deployment,
  stack: Stack,
  found: FoundStack | undefined,
): Promise<ChangeSet> {
  const known = { ...knownValues(deployment), ...keptValues(found) }
  const values = resolveParameters(stack, deployment.env, known)
  if (found) refuseNewValues(stack, values, found)
  return createChangeSet(deployment.aws, {
    stackName: stack.stackName,
    isNew: found === undefined,
    revertsDrift: deployment.revertsDrift,
    values,
    template: await placeTemplate(deployment, stack),
    tags: { 'hashgate:env': deployment.env, 'hashgate:stack': stack.name },
    pollMs: deployment.pollMs,
  })
}

async function placeTemplate(deployment: Deployment, { body }: Stack) {
  const bytes = Buffer.from(body)
  if (bytes.length <= maxBodyBytes) return { TemplateBody: body }
  const artefact = nameArtefact('templates', 'yaml', bytes)
  const bucket = await ensureArtefact(deployment, artefact)
  return { TemplateURL: `https://${bucket}.s3.${deployment.caller.region}.amazonaws.com/${artefact.key}` }
}

/** Uploads the artefact unless it exists. @returns its bucket */
export async function ensureArtefact({ aws, env, say }: Deployment, artefact: Artefact): Promise<string> {
  const bucket = await readOutput(aws.ssm, env, 'foundation/artefact-bucket')
  const isNew = await uploadArtefact(aws.s3, bucket, artefact)
  if (isNew) say(`  Uploaded ${artefact.key}`)
  return bucket
}
