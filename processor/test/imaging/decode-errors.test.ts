import { test } from 'tap'
import { Rejection } from '../../../core/errors.ts'
import { classifyDecodeError } from '../../imaging/decode-errors.ts'

test('the machine may fail without blame for the image', async (t) => {
  const messages = [
    'vips_tracked: out of memory --- size == 300MB',
    'std::bad_alloc',
    'Cannot allocate memory',
    'unable to create thread',
  ]
  for (const message of messages) {
    const error = new Error(message)
    t.equal(classifyDecodeError(error), error, message)
  }
})

test('everything else that libvips says about the bytes is the image', async (t) => {
  const cases = [
    ['timeout: 12% complete', 'processing_timeout'],
    ['gifload: another image\ntimeout: 12% complete', 'processing_timeout'],
    ['VipsJpeg: premature end of JPEG image', 'image_corrupt'],
    ['vipspng: libpng read error', 'image_corrupt'],
    ['Unknown error', 'image_corrupt'],
  ] as const
  for (const [message, reason] of cases) {
    const judged = classifyDecodeError(new Error(message))
    t.ok(judged instanceof Rejection)
    t.match(judged, { reason, cause: { message } })
  }
})
