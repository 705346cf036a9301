import t from 'tap'
import { measureViews, queries } from '../../../bench/warehouse/measure-views.ts'

t.test('the views answer the same over files, lines and Parquet, which is read less', async (t) => {
  const layouts = ['files', 'lines', 'parquet'] as const
  const { views } = await measureViews({ images: 2_000, layouts, rounds: 1 })
  t.strictSame(Object.keys(views), Object.keys(queries))
  for (const [name, samples] of Object.entries(views)) {
    for (const layout of layouts) t.equal(samples[layout]?.length, 1, `${name} over ${layout}`)
    const bytes = (layout: (typeof layouts)[number]) => samples[layout]?.[0]?.bytes ?? Number.NaN
    if (process.platform === 'linux') t.ok(bytes('parquet') < bytes('lines'), name)
  }
})
