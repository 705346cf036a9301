import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Test } from 'tap'
import { secretsManagerClientOptions } from '../../aws/aws-client-options.ts'

/** A Secrets Manager with one secret, which the test can change or remove. It can also hang. Counts the requests. */
export async function startSecretsManagerDouble(t: Test) {
  const state = { secret: '' as string | undefined, hangs: false, requestCount: 0 }
  const server = createServer((request, response) => {
    request.resume()
    state.requestCount += 1
    if (state.hangs) return
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    if (state.secret === undefined) {
      response.statusCode = 400
      response.end(JSON.stringify({ __type: 'ResourceNotFoundException', Message: 'no such secret' }))
    } else response.end(JSON.stringify({ Name: 'kafka', SecretString: state.secret }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new SecretsManagerClient({
    ...secretsManagerClientOptions({ AWS_REGION: 'us-east-1', SECRETS_MANAGER_ENDPOINT: endpoint }),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  t.teardown(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  return { client, endpoint, state }
}
