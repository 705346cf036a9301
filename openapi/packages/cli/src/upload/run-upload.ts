import { abortOnSignal } from '../abort-on-signal.ts'
import { findTarget, type TargetDefaults, type TargetOptions } from '../target.ts'
import { printableJson } from '../terminal/printable.ts'
import { describeFailure } from './file-outcome.ts'
import { findFiles, type UnreadableFolder } from './find-files.ts'
import type { Sending } from './follow-upload.ts'
import type { PreparedFile } from './prepare-file.ts'
import { printTable } from './print-table.ts'
import { noProgress, showProgress } from './show-progress.ts'
import { describeSkipped } from './skipped-files.ts'
import { type FileResult, uploadFiles } from './upload-files.ts'

export interface UploadCommandOptions extends TargetOptions {
  concurrency: number
  /** Seconds to wait for one image to be processed. */
  timeout: number
  json?: boolean
}

/**
 * Uploads the files at the paths, shows progress on stderr if it is a terminal, and prints the results.
 * @returns the exit code
 * @throws Error with advice when the run cannot start or has stopped
 */
export async function runUpload(
  paths: string[],
  { json, concurrency, timeout, ...given }: UploadCommandOptions,
  defaults?: TargetDefaults,
): Promise<number> {
  const target = await findTarget(given, defaults)
  const { files, skipped, unreadable } = await findFiles(paths)
  if (skipped.length > 0) console.error(describeSkipped(skipped))
  const { signal, exitCode } = abortOnSignal()
  const progress = !json && process.stderr.isTTY ? showProgress(files.length + unreadable.length) : noProgress
  const results: FileResult[] = []
  let uploadedBytes = 0

  function onDone(result: FileResult): void {
    results.push(result)
    if (json) console.log(printableJson(result))
    progress.onDone()
  }

  /** The bar and the summary count the same bytes, including those of files whose outcome is not known. */
  function onSending(file: PreparedFile): Sending {
    const sending = progress.onSending(file)
    return {
      sent: sending.sent,
      end: (storedBytes) => {
        uploadedBytes += storedBytes
        sending.end(storedBytes)
      },
    }
  }

  for (const folder of unreadable) onDone(failedFolder(folder))

  try {
    await uploadFiles(files, { ...target, concurrency, timeoutSeconds: timeout, signal, onSending, onDone })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    progress.stop()
    if (!json && (results.length > 0 || uploadedBytes > 0)) {
      printTable(inOrderOf(files, results), {
        fileCount: files.length,
        uploadedBytes,
        columns: process.stdout.columns,
      })
    }
  }
  if (signal.aborted) console.error('Interrupted. Run the same command again to resume.')
  return exitCode() ?? (results.every(({ status }) => status === 'ready') ? 0 : 1)
}

function failedFolder({ path, code }: UnreadableFolder): FileResult {
  return { file: path, ...describeFailure(new Error(`The folder cannot be read (${code}).`)), ms: 0 }
}

/** Sorts the results in the order in which the files were given. */
function inOrderOf(files: string[], results: FileResult[]): FileResult[] {
  const places = new Map(files.map((file, place) => [file, place]))
  return results.toSorted((a, b) => (places.get(a.file) ?? 0) - (places.get(b.file) ?? 0))
}
