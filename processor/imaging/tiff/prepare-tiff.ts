import type { Prepared } from '../prepare/prepared.ts'
import { checkTiff } from './check-tiff.ts'
import { choosePage } from './choose-page.ts'

/** Chooses and checks the page to show. @throws Rejection when the decoder cannot read it */
export function prepareTiff(original: Buffer): Prepared {
  const { page, directory } = choosePage(original)
  checkTiff(directory)
  return { bytes: original, page }
}
