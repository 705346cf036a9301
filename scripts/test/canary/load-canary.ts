import type { Test } from 'tap'
import { startSecretsManagerDouble } from '../../../core/test/kafka/start-secrets-manager-double.ts'

let loads = 0

/** Loads the handler as Lambda does, for this gateway and with this text as the secret. */
export async function loadCanary(t: Test, secret: string, gateway: string) {
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
  // Node caches modules by URL. A unique query loads the module again with the settings of this test.
  const address = new URL(`../../canary/canary-lambda.ts?${loads}`, import.meta.url)
  const { handler } = (await import(address.href)) as typeof import('../../canary/canary-lambda.ts')
  const run = (remainingMs = 90_000) => handler({}, { getRemainingTimeInMillis: () => remainingMs })
  return { run, state }
}
