import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { createTestApp } from '../../../scripts/testkit/create-test-app.ts'
import { serveWeb } from '../../web/serve-web.ts'

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const index = { name: 'hashgate', docs: '/docs', openapi: '/openapi.json', health: '/healthz' }

/** A folder as the build writes it. */
async function makeBuilt(t: Test): Promise<URL> {
  const folder = t.testdir({})
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>hashgate</title>')
  await writeFile(join(folder, 'assets/main-ABC.js'), 'run()')
  await writeFile(join(folder, 'assets/main-ABC.js.gz'), 'compressed')
  return pathToFileURL(`${folder}/`)
}

async function start(t: Test, options: { WEB?: 'on' | 'off' } = {}) {
  const app = Fastify()
  t.teardown(() => app.close())
  const storeOrigins = ['https://raw.example.com', 'https://processed.example.com']
  await app.register(serveWeb, { WEB: 'on', storeOrigins, folder: await makeBuilt(t), ...options })
  return app
}

t.test('browsers get the page, and other clients an index of the API', async (t) => {
  const app = await start(t)
  const page = await app.inject({ url: '/', headers: browser })
  t.match(page, { statusCode: 200, headers: { 'content-type': /^text\/html/, vary: 'accept' } })
  t.match(page.body, /<title>hashgate/)
  for (const accept of ['*/*', 'application/json'])
    t.match((await app.inject({ url: '/', headers: { accept } })).json(), index, accept)
})

t.test('the page may connect only to the gateway and the two buckets', async (t) => {
  const app = await start(t)
  const { headers } = await app.inject({ url: '/', headers: browser })
  const policy = String(headers['content-security-policy'])
  t.match(policy, "connect-src 'self' https://raw.example.com https://processed.example.com")
  t.match(policy, "default-src 'none';script-src 'self'")
  t.notMatch(policy, 'unsafe')
})

t.test('assets are cached as immutable and sent compressed', async (t) => {
  const app = await start(t)
  const url = '/assets/main-ABC.js'
  const plain = await app.inject(url)
  t.match(plain, { body: 'run()', headers: { 'cache-control': /immutable/, 'content-type': /javascript/ } })
  const small = await app.inject({ url, headers: { 'accept-encoding': 'gzip' } })
  t.match(small, { body: 'compressed', headers: { 'content-encoding': 'gzip' } })
  for (const outside of ['/assets/other.js', '/assets/../index.html', '/assets/%2e%2e/index.html'])
    t.equal((await app.inject(outside)).statusCode, 404, outside)
})

t.test('with WEB=off all clients get the index', async (t) => {
  const app = await start(t, { WEB: 'off' })
  t.match((await app.inject({ url: '/', headers: browser })).json(), index)
  t.equal((await app.inject('/assets/main-ABC.js')).statusCode, 404)
})

t.test('the index names the version of the contract', async (t) => {
  const { app } = await createTestApp(t, { config: { WEB: 'off' } })
  const { version } = (await app.inject('/')).json()
  t.equal(version, (await app.inject('/openapi.json')).json().info.version)
})
