import { medianOf, medianRatio } from '../median.ts'
import { printTable } from '../print-table.ts'
import { type Layout, type Measured, measureViews } from './measure-views.ts'

const rounds = 3
/** Number of small files. More would measure the file system instead of the views. */
const smallFiles = 10_000

/** Prints the bytes and the time that the views need for manifests in JSON and in Parquet. @param options.images number of manifests in large files */
export async function benchWarehouse({ images }: { images: number }): Promise<void> {
  await compare(smallFiles, ['files', 'parquet'], 'one JSON file per image')
  await compare(images, ['lines', 'parquet'], 'one line of JSON per image, a file per day')
}

async function compare(images: number, layouts: [Layout, Layout], title: string): Promise<void> {
  const { views, writeSeconds } = await measureViews({ images, layouts, rounds })
  printTable({
    title: `${images.toLocaleString('en')} manifests of 7 days: ${title}, against a Parquet file per day`,
    head: ['view', 'JSON MB', 'Parquet MB', '÷', 'JSON s', 'Parquet s', '÷'],
    rows: Object.entries(views).map(([name, samples]) => toRow(name, samples, layouts)),
    notes: [
      `Medians of ${rounds} interleaved rounds in DuckDB, files in the page cache; ÷ is the median of the rounds' own ratios. MB: read from`,
      `files. The results are the same. Writing the Parquet files from lines of JSON took ${writeSeconds.toFixed(1)} s.`,
    ],
  })
}

function toRow(name: string, samples: Measured['views'][string], [json, parquet]: [Layout, Layout]) {
  const base = samples[parquet] ?? []
  const other = samples[json] ?? []
  const megabytes = (layout: typeof base) => (medianOf(layout, ({ bytes }) => bytes) / 1e6).toFixed(1)
  const seconds = (layout: typeof base) => medianOf(layout, ({ seconds }) => seconds).toFixed(2)
  return [
    name,
    megabytes(other),
    megabytes(base),
    medianRatio(other, base, ({ bytes }) => bytes).toFixed(1),
    seconds(other),
    seconds(base),
    medianRatio(other, base, ({ seconds }) => seconds).toFixed(1),
  ]
}
