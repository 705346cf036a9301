import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { pollUntil } from '../poll-until.ts'
import { dropFiles } from './drop-files.ts'
import { makePhotos } from './make-photos.ts'
import { recordTasks } from './record-tasks.ts'
import { startPageDouble } from './start-page-double.ts'

/** Time from the drop until all photos are uploaded. */
export interface DropFigures {
  seconds: number
  /** Calls that requested upload URLs. */
  calls: number
  /** PUTs that reached the store. */
  puts: number
  /** CPU time of the main thread's tasks in milliseconds, longest first. */
  taskMs: number[]
  /** Durations of long tasks from the page's PerformanceObserver in milliseconds, including waits for the CPU. */
  longTaskMs: number[]
}

/** Drops `count` photos on the upload page in `browser` and measures the load of the page. */
export async function dropManyPhotos(browser: Browser, count: number): Promise<DropFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'hashgate-photos-'))
  const double = await startPageDouble()
  const page = await browser.newPage()
  page.setDefaultTimeout(120_000)
  try {
    const paths = await makePhotos(directory, count)
    await page.goto(`${double.gateway}/#key=test`)
    await page.getByText('No photos yet').waitFor()
    await observeLongTasks(page)
    const stop = await recordTasks(page)
    const start = performance.now()
    await dropFiles(page, paths)
    await pollUntil(() => double.images.size === count)
    const seconds = (performance.now() - start) / 1000
    const tasks = await stop()
    return {
      seconds,
      calls: double.calls(),
      puts: double.puts(),
      taskMs: tasks.map(({ cpuMs }) => cpuMs).sort((a, b) => b - a),
      longTaskMs: await page.evaluate(() => (globalThis as unknown as Observed).longTaskMs),
    }
  } finally {
    await page.close()
    double.stop()
    await rm(directory, { recursive: true })
  }
}

interface Observed {
  longTaskMs: number[]
}

function observeLongTasks(page: Page): Promise<void> {
  return page.evaluate(() => {
    const longTaskMs: number[] = []
    Object.assign(globalThis, { longTaskMs })
    const observer = new PerformanceObserver((list) =>
      longTaskMs.push(...list.getEntries().map(({ duration }) => duration)),
    )
    observer.observe({ type: 'longtask' })
  })
}
