import t from 'tap'
import {
  choosePeriod,
  listDays,
  periodBefore,
  precedingPeriod,
} from '../../../../analytics/report/data/period.ts'

const now = new Date('2026-11-29T21:00:00Z')

t.test('the default is the last seven days, today included', async (t) => {
  t.strictSame(choosePeriod({}, now), { from: '2026-11-23', to: '2026-11-29' })
  t.strictSame(choosePeriod({ to: '2026-11-20' }, now), { from: '2026-11-14', to: '2026-11-20' })
  t.strictSame(choosePeriod({ from: '2026-11-28' }, now), { from: '2026-11-28', to: '2026-11-29' })
})

t.test('the preceding period has as many days', async (t) => {
  t.strictSame(precedingPeriod({ from: '2026-03-01', to: '2026-03-01' }), {
    from: '2026-02-28',
    to: '2026-02-28',
  })
  t.strictSame(precedingPeriod({ from: '2026-11-23', to: '2026-11-29' }), {
    from: '2026-11-16',
    to: '2026-11-22',
  })
  t.strictSame(listDays({ from: '2026-12-31', to: '2027-01-01' }), ['2026-12-31', '2027-01-01'])
})

t.test('invalid days are refused with advice', async (t) => {
  const refused = (options: { from?: string; to?: string }, message: RegExp) =>
    t.throws(() => choosePeriod(options, now), { message })
  refused({ from: '2026-11-29', to: '2026-11-20' }, /Swap them: --from 2026-11-20 --to 2026-11-29/)
  refused(
    { from: '2026-12-01' },
    /^--from is 2026-12-01, but today is 2026-11-29 \(UTC\)\. Choose today or an earlier day\.$/,
  )
  refused({ to: '2026-11-30' }, /--to is 2026-11-30, but today is 2026-11-29/)
  refused({ from: '2026-02-30' }, /--from must be a date such as 2026-11-29, not "2026-02-30"/)
  refused({ to: 'yesterday' }, /--to must be a date/)
  refused({ from: '' }, /--from must be a date/)
  refused({ from: '2026-01-01' }, /333 days\. A report covers at most 92: choose a later --from/)
})

t.test('a scheduled report covers the whole UTC days before its time', async (t) => {
  const monday = { from: '2026-11-16', to: '2026-11-22' }
  const times = ['2026-11-23T00:00:00Z', '2026-11-23T23:59:59.999Z', '2026-11-22T20:00:00-05:00']
  for (const time of times) t.strictSame(periodBefore(time, 7, now), monday, time)
  t.strictSame(periodBefore('2026-03-01T06:00:00Z', 1, now), { from: '2026-02-28', to: '2026-02-28' })
})
