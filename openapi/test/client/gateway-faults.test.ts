import t from 'tap'
import { uploadImage } from '../../packages/client/src/upload-image.ts'
import { type Answer, startFakeSystem } from './start-fake-system.ts'
import { create, file, granted, system } from './upload-script.ts'

t.test('a problem of the gateway is thrown as HashgateError', async (t) => {
  const errors = [{ field: 'byteLength', message: 'must be <= 5' }]
  const invalid = {
    status: 400,
    body: {
      code: 'VALIDATION_FAILED',
      title: 'Wrong.',
      detail: 'Quite wrong.',
      status: 400,
      errors,
      requestId: 'r1',
    },
  }
  const fake = await startFakeSystem(
    t,
    system(() => ({ [create]: [invalid] })),
  )
  await t.rejects(uploadImage(file, fake), {
    name: 'HashgateError',
    code: 'VALIDATION_FAILED',
    status: 400,
    requestId: 'r1',
    title: 'Wrong.',
    detail: 'Quite wrong.',
    errors,
    message: 'Quite wrong. byteLength must be <= 5',
  })
  t.strictSame(fake.calls(), [create], 'a final error is not retried')

  const proxy = await startFakeSystem(
    t,
    system(() => ({ [create]: [{ status: 413, body: '<html>' }] })),
  )
  await t.rejects(uploadImage(file, proxy), { code: 'HTTP_413' })
})

t.test('retries after Retry-After, a lost connection or a 5xx', async (t) => {
  const limited = {
    status: 429,
    headers: { 'retry-after': '1' },
    body: { code: 'RATE_LIMITED', title: 'Slow.', status: 429 },
  }
  const passing = (url: string): Answer[] => [limited, 'hang up', { status: 502, body: '' }, granted(url)]
  const fake = await startFakeSystem(
    t,
    system((url) => ({ [create]: passing(url) })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.equal(fake.calls().filter((call) => call === create).length, 4)
})

t.test('an incomplete response, or one that is not from the gateway, is retried', async (t) => {
  const fake = await startFakeSystem(
    t,
    system((url) => ({ [create]: [{ status: 200, body: '<html>Log in to the Wi-Fi' }, granted(url)] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
})
