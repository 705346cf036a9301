import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import tls from 'node:tls'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { checkWebhookUrl } from '../../../../core/webhooks/check-webhook-url.ts'
import { receiverRules } from '../../../../core/webhooks/receiver-rules.ts'
import { generateSecret } from '../../../../core/webhooks/webhook-endpoint.ts'
import { createTestCertificate } from '../../../../scripts/testkit/webhooks/create-test-certificate.ts'
import { answersWith, forbiddenAddresses } from '../../../../scripts/testkit/webhooks/forbidden-addresses.ts'
import { startDnsServer } from '../../../../scripts/testkit/webhooks/start-dns-server.ts'
import { createResolveHost } from '../../../webhooks/send/resolve-receiver.ts'
import { sendWebhook, type WebhookRequest } from '../../../webhooks/send/send-webhook.ts'

const host = 'hooks.example.com'
const publicOnly = receiverRules({ WEBHOOK_ALLOW_NETWORKS: '', NODE_ENV: 'production' })

const send = (changes: Partial<WebhookRequest> & Pick<WebhookRequest, 'url' | 'rules'>) =>
  sendWebhook({ body: '{}', eventId: 'e1', secrets: [generateSecret()], nowMs: Date.now(), ...changes })

/** Counts the connections that this process begins, to any address. */
function countConnections(t: Test): () => number {
  let count = 0
  const add = () => void count++
  subscribe('net.client.socket', add)
  t.teardown(() => unsubscribe('net.client.socket', add))
  return () => count
}

const certificate = createTestCertificate([host])
tls.setDefaultCACertificates([...tls.getCACertificates(), certificate.cert])

/**
 * Starts an https receiver for `hooks.example.com` on all addresses. It answers with the address of the connection, and
 * lists these addresses.
 */
async function startReceiver(t: Test) {
  const connections: unknown[] = []
  const server = createServer(certificate, ({ socket }, response) =>
    response.end(`from ${socket.localAddress}`),
  )
  server.on('connection', (socket) => connections.push((socket as Socket).localAddress))
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, connections }
}

for (const address of forbiddenAddresses) {
  t.test(`a host that resolves to ${address} is refused without a connection`, async (t) => {
    const connections = countConnections(t)
    const url = `https://${host}:8443/hooks`
    t.equal(checkWebhookUrl(url, publicOnly), undefined, 'it can be registered')
    for (const answers of answersWith(address)) {
      const result = await send({ url, rules: publicOnly, resolve: async () => answers })
      t.match(result, {
        outcome: 'refused',
        reason: /^The host of the URL resolves to an? [a-z-]+ address\.$/,
      })
      t.notOk(result.reason?.includes(address), 'the reason names no address of a network')
    }
    t.equal(connections(), 0)
  })
}

t.test('forbidden URLs are refused at each try, even if they were registered', async (t) => {
  const connections = countConnections(t)
  for (const url of [
    'https://127.0.0.1:8443/',
    'https://0x7f.1:8443/',
    'http://169.254.169.254/',
    'https://localhost/',
  ]) {
    t.match(await send({ url, rules: publicOnly }), { outcome: 'refused', reason: /./ }, url)
  }
  t.equal(connections(), 0)
})

t.test('a name that resolves to a forbidden address after its registration is refused', async (t) => {
  const { port, connections } = await startReceiver(t)
  let answers = ['127.0.0.2']
  const { server } = await startDnsServer(t, () => answers)
  // 127.0.0.2 stands for a public address.
  const rules = receiverRules({ WEBHOOK_ALLOW_NETWORKS: '127.0.0.2', NODE_ENV: 'production' })
  const url = `https://${host}:${port}/hooks`
  const options = { url, rules, resolve: createResolveHost([server]) }
  t.equal(checkWebhookUrl(url, rules), undefined)
  t.match(await send(options), { outcome: 'delivered', answer: 'from 127.0.0.2' })

  const begun = countConnections(t)
  for (const turned of [
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['::1'],
    ['fd00:ec2::254'],
    ['127.0.0.2', '127.0.0.1'],
  ]) {
    answers = turned
    t.match(await send(options), { outcome: 'refused', status: undefined }, turned.join())
  }
  t.equal(begun(), 0)
  t.same(connections, ['127.0.0.2'], 'no connection to 127.0.0.1')
})

t.test('the connection goes to the address that was checked', async (t) => {
  const { port, connections } = await startReceiver(t)
  // Only the first query returns the good address, so a second one would lead elsewhere.
  const { server, questions } = await startDnsServer(t, () => [
    questions.length <= 2 ? '127.0.0.2' : '127.0.0.1',
  ])
  const rules = receiverRules({ WEBHOOK_ALLOW_NETWORKS: '127.0.0.0/8', NODE_ENV: 'production' })
  const result = await send({ url: `https://${host}:${port}/`, rules, resolve: createResolveHost([server]) })
  t.match(result, { outcome: 'delivered', answer: 'from 127.0.0.2' })
  t.same(questions.toSorted(), [`A ${host}`, `AAAA ${host}`])
  t.same(connections, ['127.0.0.2'])
})

t.test('a name without an address is a failure', async (t) => {
  const { server } = await startDnsServer(t, () => [])
  const url = `https://${host}:8443/`
  t.match(await send({ url, rules: publicOnly, resolve: createResolveHost([server]) }), {
    outcome: 'failed',
    reason: 'The host has no address in DNS.',
  })
})

t.test('a DNS server that does not answer is given up within the timeout', async (t) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  t.teardown(() => socket.close())
  await once(socket, 'listening')
  const resolve = createResolveHost([`127.0.0.1:${socket.address().port}`])
  t.match(await send({ url: `https://${host}:8443/`, rules: publicOnly, resolve, timeoutMs: 100 }), {
    outcome: 'failed',
    reason: 'No response within 0.1 seconds.',
  })
})

t.test('the certificate must be for the host of the URL', async (t) => {
  const { port } = await startReceiver(t)
  const rules = receiverRules({ WEBHOOK_ALLOW_NETWORKS: '127.0.0.1', NODE_ENV: 'production' })
  const resolve = async () => ['127.0.0.1']
  t.match(await send({ url: `https://other.example.com:${port}/`, rules, resolve }), {
    outcome: 'failed',
    reason: 'The TLS certificate of the receiver is for another host.',
  })
  t.match(await send({ url: `https://${host}:${port}/`, rules, resolve }), { outcome: 'delivered' })
})

t.test(
  'NODE_EXTRA_CA_CERTS names the authority of a receiver; without it the certificate is refused',
  async (t) => {
    const { port } = await startReceiver(t)
    const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
    const program = `
    const { sendWebhook } = await import(${here('../../../webhooks/send/send-webhook.ts')})
    const { receiverRules } = await import(${here('../../../../core/webhooks/receiver-rules.ts')})
    const rules = receiverRules({ WEBHOOK_ALLOW_NETWORKS: '127.0.0.1', NODE_ENV: 'production' })
    const request = { url: 'https://${host}:${port}/', body: '{}', eventId: 'e1', secrets: ['${generateSecret()}'] }
    console.log(JSON.stringify(await sendWebhook({ ...request, nowMs: 0, rules, resolve: async () => ['127.0.0.1'] })))`
    const run = async (env: NodeJS.ProcessEnv) => {
      const args = ['--input-type=module', '--eval', program]
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        env: { PATH: process.env.PATH, ...env },
      })
      return JSON.parse(stdout)
    }
    t.match(await run({ NODE_EXTRA_CA_CERTS: join(t.testdir({ 'ca.pem': certificate.cert }), 'ca.pem') }), {
      outcome: 'delivered',
    })
    t.match(await run({}), { outcome: 'failed', reason: /is self-signed/ })
  },
)
