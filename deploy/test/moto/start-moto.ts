import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { type Aws, connectAws } from '../../../scripts/deploy/connect-aws.ts'

const supportedTypes = fileURLToPath(new URL('supported_types.py', import.meta.url))
const serveInTurn = fileURLToPath(new URL('serve_in_turn.py', import.meta.url))

export const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' }
export const region = 'us-east-1'

/** Starts moto, a local AWS, on a free port until the test ends. Its Lambda runs no code, which would need Docker. */
export async function startMoto(t: Test) {
  const child = spawn('python3', [serveInTurn], { stdio: ['ignore', 'ignore', 'pipe'] })
  const closed = once(child, 'close')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await closed
  })
  const endpoint = await findAddress(child.stderr)
  const config = JSON.stringify({ lambda: { use_docker: false } })
  await fetch(`${endpoint}/moto-api/config`, { method: 'POST', body: config })
  const aws = connectAws({ endpoint, region, credentials, maxAttempts: 1 })
  answerTerminationProtection(aws)
  t.teardown(aws.close)
  return { endpoint, aws }
}

/** Answers UpdateTerminationProtection in the client, because moto does not implement it. */
function answerTerminationProtection({ cloudFormation }: Aws): void {
  cloudFormation.middlewareStack.add(
    (next, { commandName }) =>
      async (args) =>
        commandName === 'UpdateTerminationProtectionCommand'
          ? { output: { $metadata: {} }, response: {} }
          : next(args),
    { step: 'initialize' },
  )
}

/** Requests a certificate, as an operator does before the first deployment. @returns its ARN */
export async function requestCertificate(endpoint: string, DomainName: string): Promise<string> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'CertificateManager.RequestCertificate',
      // moto reads the service name from this header and does not verify the signature.
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/${region}/acm/aws4_request`,
    },
    body: JSON.stringify({ DomainName }),
  })
  const { CertificateArn } = (await answer.json()) as { CertificateArn: string }
  return CertificateArn
}

async function findAddress(stderr: NodeJS.ReadableStream): Promise<string> {
  const printed: string[] = []
  const lines = createInterface({ input: stderr })
  const address = await new Promise<string | undefined>((resolve) => {
    lines.on('line', (line) => {
      printed.push(line)
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
      // moto logs every request to stderr. Keep reading, or the full pipe would block it.
      if (found) resolve(found)
    })
    lines.on('close', () => resolve(undefined))
  })
  if (!address) throw new Error(`moto did not start.\n${printed.join('\n')}`)
  return address
}

/** Types of resources that moto can create. */
export async function listSupportedTypes(): Promise<Set<string>> {
  const { stdout } = await promisify(execFile)('python3', [supportedTypes], { maxBuffer: 2 ** 24 })
  return new Set(JSON.parse(stdout))
}
