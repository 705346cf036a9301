import type { Inspected } from './work.ts'

/** Of a JPEG's planes: samples for each pixel. */
const samplesPerPixel: Record<string, number> = { '4:2:0': 1.5, '4:2:2': 2, '4:4:0': 2, '4:1:1': 1.5 }
/** libjpeg keeps a coefficient as 16 bits until the last scan is read. */
const coefficientBytes = 2

/**
 * What the decoder holds of the whole original at one time, in bytes. Nothing where it reads row by row: JPEG, PNG and TIFF
 * as they mostly are.
 */
export function estimateHeldBytes({
  format,
  width,
  height,
  channels,
  depth,
  isProgressive,
  chromaSubsampling = '',
}: Inspected): number {
  const pixels = width * height
  if (format === 'jpeg') {
    const samples = samplesPerPixel[chromaSubsampling] ?? channels
    return isProgressive ? pixels * samples * coefficientBytes : 0
  }
  const readsRowByRow = (format === 'png' && !isProgressive) || format === 'tiff'
  return readsRowByRow ? 0 : pixels * channels * (depth === 'uchar' ? 1 : 2)
}
