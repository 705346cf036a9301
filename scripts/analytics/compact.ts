/** `npm run compact`: writes the manifests as Parquet, or removes an image from them, here or in an environment on AWS. */
import { parseArgs } from 'node:util'
import { imageIdPattern, tenantPattern } from '../../core/images/object-key.ts'
import { compactManifests } from '../../processor/compaction/compact-manifests.ts'
import { type Image, removeImage } from '../../processor/compaction/remove-image.ts'
import { runCommand } from '../run-command.ts'
import { openCompaction, retentionDays } from './compact/open-compaction.ts'
import { renderDays } from './compact/render-days.ts'
import { explainNoAnswer } from './warehouse/read-store-settings.ts'

const usage = `Usage: npm run compact [-- --remove TENANT/IMAGE] [--env NAME]

Writes the manifests of each day into one Parquet file, which the warehouse reads, and drops expired images. On AWS a function does
so every hour, and "npm run warehouse" does so for the system that "npm start" runs here.

  --remove TENANT/IMAGE  instead remove an image from all files, superseded ones too, and its manifests. IMAGE is its SHA-256
  --env NAME             work in this environment, with the AWS credentials of the shell (AWS_PROFILE, …). Only the keeper of the
                         buckets may delete manifests

Example:  npm run compact -- --env prod`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      remove: { type: 'string' },
      env: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const image = values.remove === undefined ? undefined : readImage(values.remove)
  const { deps, endpoint, close } = await openCompaction(values.env)
  try {
    const work = image
      ? removeImage(image, deps, { retentionDays }).then((isFound) => describeRemoval(image, isFound))
      : compactManifests(deps, { retentionDays }).then(renderDays)
    console.log(await (endpoint ? work.catch(explainNoAnswer(endpoint)) : work))
    return 0
  } finally {
    close()
  }
}

function describeRemoval({ tenant, imageId }: Image, isFound: boolean): string {
  return isFound
    ? `Removed ${tenant}/${imageId} from the manifests and from the Parquet files of all days.`
    : `There was no manifest of ${tenant}/${imageId}, and no Parquet file has it now. Check the tenant and the SHA-256 if you expected one.`
}

function readImage(text: string): Image {
  const [tenant = '', imageId = '', ...rest] = text.split('/')
  const isImage = new RegExp(tenantPattern).test(tenant) && new RegExp(imageIdPattern).test(imageId)
  if (isImage && rest.length === 0) return { tenant, imageId }
  throw new Error(`--remove must be the tenant and the SHA-256 of an image, TENANT/IMAGE, not "${text}".`)
}
