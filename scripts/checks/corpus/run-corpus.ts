import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { type FileReport, judgeFile } from './judge-file.ts'
import { convertProfile, isCmyk } from './reference/convert-profile.ts'
import { readTiff } from './reference/read-tiff.ts'
import type { Reference } from './reference/reference.ts'
import { type BrowserReference, startBrowserReference } from './reference/show-in-browser.ts'
import { type Measured, startProcessor } from './start-processor.ts'

export interface CorpusOptions {
  /** Files that are processed at the same time, each in a separate process. */
  inFlight?: number
  /** Longest time for one file, in the processor and again in Chromium. */
  timeoutSeconds: number
  useBrowser: boolean
  /** Called after each file, in the order in which they end. */
  onFile?: (report: FileReport) => void
}

/** Processes the files and compares them with their references. Returns the reports in the order of the files. */
export async function runCorpus(files: string[], options: CorpusOptions): Promise<FileReport[]> {
  const { inFlight = availableParallelism(), timeoutSeconds, useBrowser, onFile } = options
  const browser = useBrowser ? await startBrowserReference(timeoutSeconds) : undefined
  const reports: FileReport[] = []
  const waiting = files.map((file, index) => ({ file, index }))

  /** Takes one file after the other. */
  async function work(): Promise<void> {
    const processor = startProcessor(timeoutSeconds)
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const content = await readFile(next.file)
        const measured = await processor.processFile(next.file)
        const report = await judgeFile({
          file: next.file,
          content,
          measured,
          ...(await findReference(next.file, content, measured, browser)),
        })
        reports[next.index] = report
        onFile?.(report)
      }
    } finally {
      await processor.stop()
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(inFlight, files.length) }, work))
  } finally {
    await browser?.stop()
  }
  return reports
}

/**
 * Chooses the reference: Chromium if it shows the file, except for CMYK; otherwise geotiff for TIFFs; otherwise libvips with LittleCMS.
 */
async function findReference(
  file: string,
  content: Buffer,
  { outcome, width, height }: Measured,
  browser?: BrowserReference,
): Promise<{ reference?: Reference; shownByBrowser?: boolean }> {
  const shown = await browser?.show(file)
  const shownByBrowser = browser && shown !== undefined
  if (outcome !== 'ready' || (shown && !(await isCmyk(content)))) return { reference: shown, shownByBrowser }
  const reference = (await readTiff(content, { width, height })) ?? (await convertProfile(content))
  return { reference, shownByBrowser }
}
