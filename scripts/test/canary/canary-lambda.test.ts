import t, { type Test } from 'tap'
import { startSystem } from '../../local/start-system.ts'
import { loadCanary } from './load-canary.ts'

const system = await startSystem({ dataDirectory: t.testdir({}), port: 0 })
t.teardown(system.close)

const start = (t: Test, secret: string, gateway = system.gatewayUrl) => loadCanary(t, secret, gateway)

t.test('each run uploads a new image and downloads its variants', async (t) => {
  const { run } = await start(t, `${system.key}\n`, `${system.gatewayUrl}/`)
  const [first, second] = [await run(), await run()]
  t.match(first, { imageId: /^[0-9a-f]{64}$/, variants: 3 })
  t.not(first.imageId, second.imageId)
})

t.test('a missing or revoked key fails with advice or the step', async (t) => {
  const { run, state } = await start(t, 'GENERATED')
  await t.rejects(run(), /The secret hashgate\/dev\/canary\/key has no API key\. Store one/)
  state.secret = `${system.key.slice(0, -4)}AAAA`
  await t.rejects(run(), /failed at the step "requesting an upload URL": .*key/i)
  state.secret = undefined
  await t.rejects(run(), { name: 'ResourceNotFoundException' })
})

t.test(
  'a system that does not answer in time fails with the step before Lambda stops the function',
  async (t) => {
    const { run } = await start(t, system.key)
    await t.rejects(run(5_001), /failed at the step "requesting an upload URL": .*(timeout|aborted)/i)
  },
)

t.test('a variant whose length differs from its record fails the canary', async (t) => {
  const { run } = await start(t, system.key)
  const { fetch } = globalThis
  t.teardown(() => {
    globalThis.fetch = fetch
  })
  globalThis.fetch = async (input, init) =>
    String(input).includes('.webp?') ? new Response('not the variant') : fetch(input, init)
  await t.rejects(
    run(),
    /failed at the step "downloading from 127\.0\.0\.1:\d+": the variant \w+ of [0-9a-f]{64} returned 200 with 15 bytes/,
  )
})

t.test('an unavailable gateway fails the canary', async (t) => {
  const { run } = await start(t, system.key, 'http://127.0.0.1:9')
  await t.rejects(run(8_000), /failed at the step "requesting an upload URL"/)
})
