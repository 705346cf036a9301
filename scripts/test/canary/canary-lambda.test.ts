import t, { type Test } from 'tap'
import { startSecretsManagerDouble } from '../../../core/test/kafka/start-secrets-manager-double.ts'
import { startSystem } from '../../local/start-system.ts'

const system = await startSystem({ dataDirectory: t.testdir({}), port: 0 })
t.teardown(system.close)

let loads = 0

/** The handler as Lambda loads it, with this secret. */
async function start(t: Test, secret: string, gateway = system.gatewayUrl) {
  const { endpoint, state } = await startSecretsManagerDouble(t)
  state.secret = secret
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    SECRETS_MANAGER_ENDPOINT: endpoint,
    CANARY_GATEWAY: gateway,
    CANARY_KEY_SECRET_ID: 'hashgate/dev/canary/key',
    LOG_LEVEL: 'error',
  })
  loads += 1
  // Node keeps a module; another query makes it another one, with the settings of this test.
  const address = new URL(`../../canary/canary-lambda.ts?${loads}`, import.meta.url)
  const { handler } = (await import(address.href)) as typeof import('../../canary/canary-lambda.ts')
  const run = (remainingMs = 90_000) => handler({}, { getRemainingTimeInMillis: () => remainingMs })
  return { run, state }
}

t.test('each run uploads a new image and downloads its variants', async (t) => {
  const { run } = await start(t, `${system.key}\n`, `${system.gatewayUrl}/`)
  const [first, second] = [await run(), await run()]
  t.match(first, { imageId: /^[0-9a-f]{64}$/, variants: 3 })
  t.not(first.imageId, second.imageId)
})

t.test('a key that is missing or revoked fails with what to do or the step', async (t) => {
  const { run, state } = await start(t, 'GENERATED')
  await t.rejects(run(), /The secret hashgate\/dev\/canary\/key has no API key\. Store one/)
  state.secret = `${system.key.slice(0, -4)}AAAA`
  await t.rejects(run(), /failed at the step "requesting an upload URL": .*key/i)
  state.secret = undefined
  await t.rejects(run(), { name: 'ResourceNotFoundException' })
})

t.test(
  'a system that does not answer in time fails with the step, before Lambda ends the call',
  async (t) => {
    const { run } = await start(t, system.key)
    await t.rejects(run(5_001), /failed at the step "requesting an upload URL": .*(timeout|aborted)/i)
  },
)

t.test('a variant that cannot be downloaded as its record says fails', async (t) => {
  const { run } = await start(t, system.key)
  const { fetch } = globalThis
  t.teardown(() => {
    globalThis.fetch = fetch
  })
  globalThis.fetch = async (input, init) =>
    String(input).includes('.webp?') ? new Response('not the variant') : fetch(input, init)
  await t.rejects(
    run(),
    /failed at the step "downloading": the variant \w+ of [0-9a-f]{64} returned 200 with 15 bytes/,
  )
})

t.test('a gateway that is down fails', async (t) => {
  const { run } = await start(t, system.key, 'http://127.0.0.1:9')
  await t.rejects(run(8_000), /failed at the step "requesting an upload URL"/)
})
