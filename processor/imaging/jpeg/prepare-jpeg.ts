import type { Prepared } from '../prepare/prepared.ts'
import { checkJpeg, maxSegments } from './check-jpeg.ts'
import { readJpegLayout } from './read-layout.ts'
import { repairJpeg } from './repair-jpeg.ts'

/** Checks a JPEG and repairs its harmless oddities. @throws Rejection */
export function prepareJpeg(original: Buffer): Prepared {
  const layout = readJpegLayout(original, maxSegments)
  checkJpeg(original, layout)
  return { bytes: repairJpeg(original, layout) }
}
