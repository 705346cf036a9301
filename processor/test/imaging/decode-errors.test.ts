import { test } from 'tap'
import { Rejection } from '../../../core/errors.ts'
import {
  classifyDecodeError,
  classifyRenderError,
  ForeignTimeout,
  refuseForeignTimeout,
  retryIfSilent,
} from '../../imaging/decode-errors.ts'

test('errors of the machine are not attributed to the image', async (t) => {
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

test('any other error of libvips is attributed to the image', async (t) => {
  const cases = [
    ['timeout: 12% complete', 'processing_timeout'],
    ['gifload: another image\ntimeout: 12% complete', 'processing_timeout'],
    ['VipsJpeg: premature end of JPEG image', 'image_corrupt'],
    ['vipspng: libpng read error', 'image_corrupt'],
    ['Unknown error', 'image_corrupt'],
    ["vips_colourspace: no known route from 'multiband' to 'srgb'", 'pixel_format_unsupported'],
    ['tiff2vips: LZMA compression support is not configured', 'pixel_format_unsupported'],
    ['heif: Unsupported feature: Unsupported codec (4.3000)', 'pixel_format_unsupported'],
  ] as const
  for (const [message, reason] of cases) {
    const judged = classifyDecodeError(new Error(message))
    t.ok(judged instanceof Rejection)
    t.match(judged, { reason, cause: { message } })
  }
})

test('the time-out of another image does not reject this one', async (t) => {
  const message = 'timeout: 24% complete\nVipsImage: killed for image "temp-53"\nvipspng: libpng read error'
  const fail = () => Promise.reject(new Error(message))
  const foreign = await refuseForeignTimeout(3_600, fail).catch((error: unknown) => error)
  t.ok(foreign instanceof ForeignTimeout, 'it failed long before its own time-out')
  t.equal(classifyDecodeError(foreign), foreign, 'so that the image is retried')

  const own = await refuseForeignTimeout(0, fail).catch((error: unknown) => error)
  t.match(classifyDecodeError(own), { reason: 'processing_timeout' })

  let attempts = 0
  const secondSucceeds = () => (attempts++ === 0 ? fail() : Promise.resolve('decoded'))
  t.equal(await retryIfSilent(() => refuseForeignTimeout(3_600, secondSucceeds)), 'decoded')
})

test('errors of Node.js, of this program and of aborts are not attributed to the image', async (t) => {
  class OutOfTime extends Error {}
  const errors = [
    new TypeError('x is not a function'),
    new DOMException('', 'AbortError'),
    new OutOfTime('late'),
    Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }),
  ]
  for (const error of errors) {
    t.equal(classifyDecodeError(error), error)
    t.equal(classifyRenderError(error), error)
  }
})

test("an error after the decode fails the image at once, unless it can be another image's", async (t) => {
  const invalid = new Error('Expected integer between 1 and 4 for raw.channels but received 5 of type number')
  t.match(classifyRenderError(invalid), { name: 'Rejection', reason: 'processing_failed', cause: invalid })
  for (const message of ['', 'Unknown error', 'timeout: 12% complete', 'vips_tracked: out of memory']) {
    const error = new Error(message)
    t.equal(classifyRenderError(error), error, message)
  }
})
