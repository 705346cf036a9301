/**
 * A program that processes the files its parent sends, one at a time, with the settings of the environment, and answers each with a
 * `Processed`. It is a separate process, so that a crash or a hang affects only one file, and the memory peak is that of one file.
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

/** The result of a file. It has neither `outcome` nor `error` if processing hung or the process died. */
export interface Processed {
  outcome?: string
  /** For a rejection: its code, and in `detail` the sentence for the uploader. */
  reason?: RejectionReason
  detail?: string
  /** The error that processing threw. No file may cause one. */
  error?: string
  /** For a ready image: the dimensions of the upright original in pixels. */
  width?: number
  height?: number
  /** For a ready image: a PNG of at most `comparedSide`. */
  variant?: Buffer
}

const name = 'compared'
const compared = { name, width: comparedSide, height: comparedSide, format: 'png', effort: 0 }

// Required settings that are never used: stores in memory replace these.
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

/** The type of an accepted image by its bytes. Other files are declared as JPEG, as an attacker would do. */
function declaredType(bytes: Buffer): AcceptedContentType {
  const identified = identifyFormat(bytes, { heic: true })
  return 'format' in identified ? acceptedFormats[identified.format] : acceptedFormats.jpeg
}

/** Resets the memory peak (`VmHWM`) of the process before a file. Source: proc_pid_clear_refs(5). */
async function forgetPeak(): Promise<void> {
  await writeFile('/proc/self/clear_refs', '5').catch(() => {})
}
