/**
 * `npm run cost`: computes the cost of hashgate on AWS from the usage per image in a run of the real gateway and processor on the local
 * stand-ins, from the templates, and from `prices.json`.
 */
import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { modelDeployment } from '../../deploy/model/model-deployment.ts'
import { type ParameterValues, readParameters } from '../../deploy/read-template.ts'
import { integerOption, runCommand } from '../run-command.ts'
import { measureImages } from './meter/measure-images.ts'
import { priceDownloads } from './price-downloads.ts'
import { priceImages } from './price-images.ts'
import { priceMonth } from './price-month.ts'
import { priceDate, priceRegion, renderCosts } from './prices.ts'
import { readAssumptions } from './read-assumptions.ts'

const usage = `Usage: npm run cost -- [--images 1000000] [--seconds SECONDS] [--downloads 0] [--env prod]

  --images    images to compute the cost of
  --seconds   seconds that Lambda bills for each image: "Billed Duration" in the log of your function, over all calls, per image;
              without it, what the handler took on one core of this machine
  --downloads downloads of a variant for each image, by clients on the internet; prints what they cost without and with CloudFront
  --env       environment whose parameters count: prod (the default) or dev`

const options = {
  images: { type: 'string', default: '1000000' },
  seconds: { type: 'string' },
  downloads: { type: 'string', default: '0' },
  env: { type: 'string', default: 'prod' },
  help: { type: 'boolean', short: 'h' },
} as const

await runCommand(async () => {
  const { values } = parseArgs({ options })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const images = integerOption(values.images, '--images')
  const downloads = integerOption(values.downloads, '--downloads', 0)
  const given = values.seconds === undefined ? undefined : readSeconds(values.seconds)
  const stacks = modelDeployment(values.env, await readEnvironment(values.env))
  const measured = await measureImages()
  const { lambda } = measured
  const seconds = given ?? lambda.seconds
  console.log(`List prices of ${priceDate} in ${priceRegion}, without free tiers and discounts.\n`)
  const count = images.toLocaleString('en-US')
  console.log(
    renderCosts(
      priceImages(measured, { ...readAssumptions(stacks), images, seconds }),
      `per ${count} images`,
    ),
  )
  if (downloads > 0) {
    const { fromS3, fromCloudFront } = priceDownloads({
      images,
      downloads,
      variantBytes: measured.variantBytes,
    })
    console.log(
      `\nDownloads by clients, ${downloads} for each image, directly from S3 or through CloudFront:\n`,
    )
    console.log(renderCosts(fromS3, 'directly from S3'))
    console.log()
    console.log(renderCosts(fromCloudFront, 'through CloudFront'))
  }
  console.log(`\nEach month, regardless of the load (${values.env}):\n`)
  console.log(renderCosts(priceMonth(stacks), 'per month'))
  console.log(
    `\nHere the handler took ${lambda.seconds.toFixed(2)} s per image on one core, ${lambda.cpuSeconds.toFixed(2)} s of them CPU time.`,
  )
  return 0
})

/** @throws Error when there are no parameters of this environment */
async function readEnvironment(env: string): Promise<ParameterValues> {
  const files = await readdir(new URL('../../deploy/parameters/', import.meta.url))
  const known = files.map((file) => basename(file, '.json'))
  if (known.includes(env)) return readParameters(env)
  throw new Error(`No parameters for "${env}": deploy/parameters has ${known.join(', ')}.`)
}

/** @throws Error when it is not a positive number */
function readSeconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() && seconds > 0 && Number.isFinite(seconds)) return seconds
  throw new Error(`--seconds must be a number above 0, not "${text}".`)
}
