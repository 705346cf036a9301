import type { RejectionReason } from '../../../core/errors.ts'
import { comparePictures, type Difference, mostDeltaE } from './compare-pictures.ts'
import { findMissingRows } from './find-missing-rows.ts'
import { readPicture } from './picture.ts'
import { describeColor } from './reference/describe-color.ts'
import type { Reference } from './reference/reference.ts'
import type { Measured } from './start-processor.ts'

/** Viewers map PQ and HLG to SDR with different curves. Only a missing or wrong mapping differs by more. */
const mostDeltaEOfHdr = 10

/** A larger plain grey area at the bottom of a JPEG is probably missing data. */
const mostMissingRows = 0.05

/** Reasons that do not depend on the file: processing failed. */
const givenUp: readonly (RejectionReason | undefined)[] = ['processing_failed', 'processing_timeout']

const jpegStart = 0xffd8

/** The result of one file of the corpus. */
export interface FileReport extends Partial<Difference> {
  file: string
  bytes: number
  /** `ready`, `rejected`, or another end of the pipeline; absent after an error, a crash or a hang. */
  outcome?: string
  reason?: RejectionReason
  detail?: string
  /** Pixels of a ready image, upright. */
  width?: number
  height?: number
  ms: number
  peakMegabytes: number | null
  /** What the variant is compared with; absent when no reference could show the file. */
  reference?: Reference['by']
  /** Whether Chromium shows all or a part of the file; absent without Chromium. */
  shownByBrowser?: boolean
  /** Findings. Empty for a correct variant or a correct rejection. */
  findings: string[]
}

export interface Seen {
  file: string
  content: Buffer
  measured: Measured
  reference?: Reference
  shownByBrowser?: boolean
}

export async function judgeFile({ file, content, measured, ...seen }: Seen): Promise<FileReport> {
  const { variant, error, peakMegabytes, ...result } = measured
  const { reference, shownByBrowser } = seen
  const difference = variant && reference && (await comparePictures(variant, reference.picture))
  const { isHdr } = describeColor(content)
  return {
    file,
    bytes: content.length,
    ...result,
    peakMegabytes: Number.isNaN(peakMegabytes) ? null : peakMegabytes,
    reference: variant && reference?.by,
    shownByBrowser,
    ...(difference && { ...difference, deltaE: Number(difference.deltaE.toFixed(2)) }),
    findings: [
      ...findFailures(measured),
      ...(variant && reference ? findSizeDifference(measured, reference) : []),
      ...(variant ? await findMissingData(content, variant) : []),
      ...(difference ? findPictureDifference(difference, isHdr ? mostDeltaEOfHdr : mostDeltaE) : []),
    ],
  }
}

function findFailures({ outcome, reason, detail, error }: Measured): string[] {
  if (error !== undefined) return [error]
  if (outcome === undefined) return [detail ?? 'no result']
  if (outcome !== 'ready' && outcome !== 'rejected') return [`ended as "${outcome}"`]
  return givenUp.includes(reason) ? [`given up: ${reason}`] : []
}

function findSizeDifference({ width, height }: Measured, reference: Reference): string[] {
  if (width === reference.width && height === reference.height) return []
  return [`${width}×${height} pixels; ${reference.by} says ${reference.width}×${reference.height}`]
}

/** Chromium shows the intact part of a damaged JPEG, so a comparison with it does not find missing data. */
async function findMissingData(content: Buffer, variant: Buffer): Promise<string[]> {
  if (content.readUInt16BE(0) !== jpegStart) return []
  const missing = findMissingRows(await readPicture(variant))
  const percent = Math.round(missing * 100)
  return missing > mostMissingRows ? [`the lower ${percent} % is the grey of missing data`] : []
}

function findPictureDifference({ deltaE, orientation }: Difference, most: number): string[] {
  if (orientation) return [`orientation: the reference is the same picture, ${orientation}`]
  return deltaE > most ? [`ΔE ${deltaE.toFixed(1)}`] : []
}
