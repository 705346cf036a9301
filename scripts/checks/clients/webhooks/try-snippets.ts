import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { receiverRules } from '../../../../core/webhooks/receiver-rules.ts'
import { generateSecret } from '../../../../core/webhooks/webhook-endpoint.ts'
import { sendWebhook } from '../../../../processor/webhooks/send/send-webhook.ts'
import { clientsCache, repository } from '../../../clients/client-folders.ts'
import { inheritedEnvironment } from '../../../config.ts'
import { runTool } from '../../../services/run-tool.ts'
import { logFile } from '../../../services/services-layout.ts'
import { type SnippetProgram, snippetPrograms } from './snippet-programs.ts'

interface Delivery {
  headers: Record<string, string>
  body: Buffer
}

/**
 * Runs the four snippets of `docs/WEBHOOKS.md` against a delivery that the sender makes.
 * @throws AssertionError unless each accepts it, and rejects a changed body, a timestamp six minutes old and another secret
 */
export async function trySnippets(): Promise<void> {
  const docs = await readFile(join(repository, 'docs/WEBHOOKS.md'), 'utf8')
  const secret = generateSecret()
  // Two secrets, as during a rotation: the receiver still has the older one.
  const secrets = [generateSecret(), secret]
  const fresh = await receive(secrets, Date.now())
  const old = await receive(secrets, Date.now() - 6 * 60_000)
  const changed = { ...fresh, body: Buffer.from(fresh.body.toString().replace('Zoë', 'Zoe')) }
  for (const program of snippetPrograms) {
    await build(program, docs)
    assert.equal(await verify(program, fresh, secret), fresh.headers['webhook-id'], program.language)
    for (const [delivery, key] of [
      [changed, secret],
      [old, secret],
      [fresh, generateSecret()],
    ] as const) {
      assert.equal(await verify(program, delivery, key), 'rejected', program.language)
    }
    console.log(`${program.language.padEnd(10)} verified a webhook and rejected 3`)
  }
}

/** Sends an event to a receiver on loopback, and returns what arrived. */
async function receive(secrets: string[], nowMs: number): Promise<Delivery> {
  const arrived = Promise.withResolvers<Delivery>()
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    response.writeHead(204).end()
    arrived.resolve({ headers: request.headers as Record<string, string>, body })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const eventId = 'acme/9f86d081/1.2'
  const body = JSON.stringify({ id: eventId, data: { fileName: 'Zoë 📷.jpg' } })
  const rules = receiverRules({ WEBHOOK_ALLOW_NETWORKS: '127.0.0.1', NODE_ENV: '' })
  const { outcome } = await sendWebhook({ url, body, eventId, secrets, nowMs, rules })
  assert.equal(outcome, 'delivered')
  server.close()
  return arrived.promise
}

async function build({ language, folder, files, build }: SnippetProgram, docs: string): Promise<void> {
  const snippet = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(docs)?.[1]
  assert(snippet, `docs/WEBHOOKS.md has no snippet in ${language}`)
  for (const [name, content] of Object.entries(files(snippet))) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  for (const [index, [command = '', ...args]] of build.entries()) {
    await runTool(command, args, {
      task: `Building the webhook snippet in ${language}`,
      log: logFile(clientsCache, `webhook-${language}-${index + 1}`),
      timeoutMs: 5 * 60_000,
    })
  }
}

/** Returns what the program printed: the id of the event, or `rejected`. */
async function verify({ run, folder }: SnippetProgram, { headers, body }: Delivery, secret: string) {
  const [command = '', ...args] = run
  const env = {
    ...inheritedEnvironment(),
    SECRET: secret,
    ID: headers['webhook-id'] ?? '',
    TIMESTAMP: headers['webhook-timestamp'] ?? '',
    SIGNATURE: headers['webhook-signature'] ?? '',
  }
  const child = spawn(command, args, {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 60_000,
  })
  child.stdin.end(body)
  return (await text(child.stdout)).trim()
}
