import t from 'tap'
import { measureViews, queries } from '../../../bench/warehouse/measure-views.ts'

t.test(
  'the views return the same from files, lines and Parquet, and read fewer bytes of Parquet',
  async (t) => {
    const layouts = ['files', 'lines', 'parquet'] as const
    const { views } = await measureViews({ images: 2_000, layouts, rounds: 1 })
    t.strictSame(Object.keys(views), Object.keys(queries))
    for (const [name, samples] of Object.entries(views)) {
      for (const layout of layouts) t.equal(samples[layout]?.length, 1, `${name} over ${layout}`)
      const bytes = (layout: (typeof layouts)[number]) => samples[layout]?.[0]?.bytes ?? Number.NaN
      if (process.platform === 'linux') t.ok(bytes('parquet') < bytes('lines'), name)
    }
  },
)
