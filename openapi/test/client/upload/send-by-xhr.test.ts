import t, { type Test } from 'tap'
import { putObject } from '../../../packages/client/src/put-object.ts'

type Step = { status: number; body?: string } | 'lost' | 'never'

/** A browser's XMLHttpRequest, as far as the client uses it. It follows a script, one step a request. */
function installXhr(t: Test, steps: Step[]) {
  const sent: { url: string; headers: Record<string, string>; body: Blob }[] = []
  class FakeXhr {
    upload: { onprogress?: (event: { loaded: number }) => void } = {}
    status = 0
    responseText = ''
    onload = () => {}
    onerror = () => {}
    onabort = () => {}
    onloadend = () => {}
    #url = ''
    #headers: Record<string, string> = {}

    open(_method: string, url: string): void {
      this.#url = url
    }
    setRequestHeader(name: string, value: string): void {
      if (/^(content-length|host)$/i.test(name)) throw new Error(`Refused to set unsafe header "${name}"`)
      this.#headers[name] = value
    }
    send(body: Blob): void {
      sent.push({ url: this.#url, headers: this.#headers, body })
      const step = steps.shift() ?? 'lost'
      if (step !== 'never') setImmediate(() => this.#finish(step, body))
    }
    abort(): void {
      this.onabort()
      this.onloadend()
    }
    #finish(step: Exclude<Step, 'never'>, body: Blob): void {
      this.upload.onprogress?.({ loaded: body.size })
      if (step === 'lost') this.onerror()
      else {
        this.status = step.status
        this.responseText = step.body ?? ''
        this.onload()
      }
      this.onloadend()
    }
  }
  t.intercept(globalThis, 'XMLHttpRequest' as keyof typeof globalThis, { value: FakeXhr, configurable: true })
  return sent
}

const file = new Blob(['bytes'])
const target = {
  method: 'PUT' as const,
  url: 'https://store.example/key?X-Amz-Signature=0',
  headers: {
    host: 'store.example',
    'content-length': '5',
    'content-type': 'image/png',
    'if-none-match': '*',
  },
  expiresAt: '',
  expiresInSeconds: 900,
}

t.test('in a browser: all headers except those that the browser sets', async (t) => {
  const sent = installXhr(t, [{ status: 200 }])
  const progress: unknown[] = []
  t.equal(await putObject(target, file, { onProgress: (at) => progress.push(at) }), 'stored')
  t.strictSame(sent, [
    { url: target.url, headers: { 'content-type': 'image/png', 'if-none-match': '*' }, body: file },
  ])
  t.strictSame(progress, [{ sentBytes: 5, totalBytes: 5 }])
})

t.test('in a browser: retries, succeeds, gives up', async (t) => {
  const busy = { status: 503, body: '<Error><Code>SlowDown</Code></Error>' }
  const sent = installXhr(t, ['lost', busy, { status: 412 }])
  t.equal(await putObject(target, file), 'already there')
  t.equal(sent.length, 3)

  installXhr(t, [{ status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' }])
  await t.rejects(putObject(target, file), { name: 'StoreError', code: 'SignatureDoesNotMatch', status: 403 })
  installXhr(t, [])
  await t.rejects(putObject(target, file), { name: 'StoreUnreachable', message: /store\.example was lost/ })
})

t.test('in a browser: a signal aborts the upload', async (t) => {
  const sent = installXhr(t, ['never'])
  const controller = new AbortController()
  const put = putObject(target, file, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await t.rejects(put, { message: 'enough' })
  t.equal(sent.length, 1)

  await t.rejects(putObject(target, file, { signal: AbortSignal.abort(new Error('early')) }), {
    message: 'early',
  })
  t.equal(sent.length, 1, 'an aborted signal causes no request')
})
