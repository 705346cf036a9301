import t from 'tap'
import type { Mail } from '../../../../analytics/report/delivery/compose-mail.ts'
import { deliverReport } from '../../../../analytics/report/delivery/deliver-report.ts'
import { generateImages } from '../generate-images.ts'
import { bucket, startReportServices } from '../start-report-services.ts'

const now = new Date('2026-11-30T01:31:00Z')
const period = { from: '2026-11-23', to: '2026-11-29' }

t.test('when mailed.json cannot be written, the next run mails again', async (t) => {
  const images = generateImages(now, 8, 10)
  const { source, s3, list } = await startReportServices(t, images, { now })
  let refusals = 1
  s3.middlewareStack.add(
    (next) => async (args) => {
      const { Key = '' } = args.input as { Key?: string }
      if (Key.endsWith('mailed.json') && refusals-- > 0) throw new Error('S3 is unavailable')
      return next(args)
    },
    { step: 'initialize' },
  )
  const mails: Mail[] = []
  const publish = async (mail: Mail) => {
    mails.push(mail)
    return `message-${mails.length}`
  }
  const deliver = () =>
    deliverReport(period, { source, env: 'test', now, s3, region: 'eu-west-1', bucket, publish })

  await t.rejects(deliver(), { message: 'S3 is unavailable' })
  t.match(await deliver(), { isMailed: true })
  t.match(await deliver(), { isMailed: false })
  t.equal(mails.length, 2)
  t.strictSame(mails[0], mails[1])
  t.equal((await list()).length, 10)
})
