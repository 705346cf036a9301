import type { Page } from 'playwright-core'
import { pollUntil } from '../../../../testkit/poll-until.ts'

/** What the browser has stored for continuing after a reload. */
interface Kept {
  uploads: number
  /** Uploads that are stored as finished. */
  finished: number
  /** Files whose bytes are stored. Uppy deletes those of uploaded files. */
  files: number
}

/** Waits until the browser has stored at least this much. Uppy writes files one after another, and its state at most twice a second. */
export async function waitUntilKept(page: Page, expected: Kept): Promise<void> {
  await pollUntil(async () => {
    const { uploads, finished, files } = await readKept(page)
    return uploads >= expected.uploads && finished >= expected.finished && files >= expected.files
  })
}

const readKept = (page: Page) =>
  page.evaluate(async (): Promise<Kept> => {
    const resultOf = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const database = await resultOf(indexedDB.open('uppy-blobs'))
    try {
      const transaction = database.transaction(['files', 'metadata'])
      const [files, states] = await Promise.all([
        resultOf(transaction.objectStore('files').count()),
        resultOf<{ metadata: string }[]>(transaction.objectStore('metadata').getAll()),
      ])
      type Upload = { progress: { uploadComplete?: boolean } }
      const uploads = states.flatMap(({ metadata }) => Object.values<Upload>(JSON.parse(metadata).files))
      const finished = uploads.filter(({ progress }) => progress.uploadComplete)
      return { uploads: uploads.length, finished: finished.length, files }
    } finally {
      database.close()
    }
  })

/** Makes the browser refuse the bytes of files, as it does when its storage is full. */
export async function refuseToKeepFiles(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { add } = IDBObjectStore.prototype
    IDBObjectStore.prototype.add = function (...parameters) {
      if (this.name === 'files') throw new DOMException('The storage is full.', 'QuotaExceededError')
      return add.apply(this, parameters)
    }
  })
}
