/**
 * A program: processes every file of a folder, one after the other, in a separate process, and prints as JSON how
 * each ended and the most memory that the process has had. @example node process-folder.ts FOLDER
 */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { acceptedFormats } from '../../../core/images/formats.ts'
import { createTestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { processImage } from '../../pipeline/process-image.ts'

const [folder = '.'] = process.argv.slice(2)
const fixture = await createTestProcessor({ teardown: () => {} })
const baselineBytes = process.memoryUsage.rss()
const results: { name: string; outcome: string; reason?: string; durationMs: number }[] = []

for (const name of (await readdir(folder)).sort()) {
  const contentType = extname(name) === '.jpg' ? acceptedFormats.jpeg : acceptedFormats.png
  const image = await fixture.upload(await readFile(join(folder, name)), contentType)
  const startedAt = performance.now()
  const { outcome, reason } = await processImage(image, fixture.deps)
  results.push({ name, outcome, reason, durationMs: Math.round(performance.now() - startedAt) })
}

const peakBytes = process.resourceUsage().maxRSS * 1024
console.log(JSON.stringify({ results, baselineBytes, peakBytes }))
process.exit(0)
