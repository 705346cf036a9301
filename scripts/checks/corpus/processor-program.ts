/**
 * A program: processes the files that its parent sends, one at a time, with the settings of the environment, and answers each with
 * a `Processed`. It is a process of its own, so that a crash or a hang costs one file, and the peak of its memory is one file's.
 */
import { readFile, writeFile } from 'node:fs/promises'
import type { RejectionReason } from '../../../core/errors.ts'
import { type AcceptedContentType, acceptedFormats } from '../../../core/images/formats.ts'
import { readVariants } from '../../../core/images/read-variants.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { composeProcessor } from '../../../processor/compose-processor.ts'
import { readProcessorConfig } from '../../../processor/config.ts'
import { identifyFormat } from '../../../processor/imaging/identify-format.ts'
import { createMemoryProcessor } from '../../testkit/memory/create-memory-processor.ts'
import { processBytes } from '../../testkit/memory/process-bytes.ts'
import { comparedSide } from './compare-pictures.ts'

/** How a file ended. Neither `outcome` nor `error`: it hung, or the process died. */
export interface Processed {
  outcome?: string
  /** Of a rejection: its code, and the sentence for the uploader. */
  reason?: RejectionReason
  detail?: string
  /** What was thrown; no file may make that happen. */
  error?: string
  /** Of a ready image: pixels of the original, upright. */
  width?: number
  height?: number
  /** Of a ready image: a PNG that is not larger than `comparedSide`. */
  variant?: Buffer
}

const name = 'compared'
const compared = { name, width: comparedSide, height: comparedSide, format: 'png', effort: 0 }

// Stores that nothing connects to: the ones in memory replace them.
const nowhere = { RAW_BUCKET: 'raw', PROCESSED_BUCKET: 'processed', CATALOG_TABLE: 'images' }
const config = readProcessorConfig({ ...nowhere, KAFKA_BROKERS: '127.0.0.1:9', KAFKA_TLS: 'false' })
const { deps } = await composeProcessor(config, { logger: createLogger('corpus', 'silent') })
const variants = [...deps.variants, ...readVariants(JSON.stringify([compared]))]
const processor = createMemoryProcessor({ ...deps, variants })

process.on('message', async (file: string) => process.send?.(await processFile(file)))
process.send?.('ready')

async function processFile(file: string): Promise<Processed> {
  const bytes = await readFile(file)
  await forgetPeak()
  const { record, outputs, ...ending } = await processBytes(processor, bytes, declaredType(bytes))
  const { key } = record?.image?.variants.find((variant) => variant.name === name) ?? {}
  const variant = outputs.find((output) => output.key === key)?.bytes
  const { width, height } = record?.image ?? {}
  return { ...ending, detail: record?.rejection?.detail, width, height, variant }
}

/** As a client declares it that looks at the bytes. What is no accepted image is declared as one, as an attacker would. */
function declaredType(bytes: Buffer): AcceptedContentType {
  const identified = identifyFormat(bytes, { heic: true })
  return 'format' in identified ? acceptedFormats[identified.format] : acceptedFormats.jpeg
}

/** From here on the process's peak (`VmHWM`) is that of this file. Source: proc_pid_clear_refs(5). */
async function forgetPeak(): Promise<void> {
  await writeFile('/proc/self/clear_refs', '5').catch(() => {})
}
