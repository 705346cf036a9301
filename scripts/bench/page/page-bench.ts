import { launchChromium } from '../../checks/browser/launch-chromium.ts'
import { type DropFigures, dropManyPhotos } from '../../testkit/page/drop-many-photos.ts'
import { median } from '../median.ts'
import { printTable } from '../print-table.ts'

const rounds = 3
const sizes = [100, 500]
const longMs = 50

/** Drops many photos on the upload page, with a fast double of the gateway and the store, and prints the load of the page. */
export async function benchPage(): Promise<void> {
  const rows: (string | number)[][] = []
  for (const count of sizes) {
    const samples: DropFigures[] = []
    for (let round = 0; round < rounds; round += 1) samples.push(await measure(count))
    const figure = (quantity: (sample: DropFigures) => number, digits = 0) =>
      median(samples.map(quantity)).toFixed(digits)
    rows.push([
      `${count} photos`,
      figure(({ seconds }) => seconds, 1),
      figure(({ calls }) => calls),
      figure(({ taskMs }) => taskMs.length),
      figure(({ taskMs }) => taskMs.reduce((sum, ms) => sum + ms, 0)),
      figure(({ taskMs }) => taskMs[0] ?? 0),
      figure(({ taskMs }) => taskMs.filter((ms) => ms > longMs).length),
      figure(({ longTaskMs }) => longTaskMs.length),
    ])
  }
  printTable({
    title: 'A drop of photos on the upload page, until all are uploaded',
    head: ['', 's', 'calls for URLs', 'tasks', 'CPU ms', 'longest CPU ms', '> 50 ms CPU', 'long tasks seen'],
    rows,
    notes: [
      `Medians of ${rounds} rounds. CPU is the CPU time of the page's main thread, from Chromium's trace.`,
      'Long tasks are those that PerformanceObserver reports, including time in which other programs used the CPU.',
    ],
  })
}

async function measure(count: number): Promise<DropFigures> {
  const browser = await launchChromium()
  try {
    return await dropManyPhotos(browser, count)
  } finally {
    await browser.close()
  }
}
