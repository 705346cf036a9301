import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool } from '../find-tool.ts'
import { runTool } from '../run-tool.ts'
import { logFile, type ServicesLayout } from '../services-layout.ts'

const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc']
const days = ['-days', '365']

/**
 * Creates a certificate authority and the brokers' certificate: `ca.pem` for clients, `broker.pem` (key and certificate)
 * for brokers. The authority's key is deleted, so that it cannot sign another certificate.
 */
export async function createCertificates(layout: ServicesLayout): Promise<void> {
  const { tls } = layout
  const file = (name: string) => join(tls, name)
  if (existsSync(file('broker.pem'))) return
  await mkdir(tls, { recursive: true, mode: 0o700 })
  const openssl = (...args: string[]) =>
    runTool(findTool('openssl'), ['req', '-x509', ...key, ...days, ...args], {
      task: 'Creating the certificates of kafka',
      log: logFile(layout, 'kafka-openssl'),
      timeoutMs: 30_000,
    })

  await openssl(
    ...['-subj', '/CN=hashgate services', '-keyout', file('ca.key'), '-out', file('ca.pem')],
    ...['-addext', 'keyUsage=critical,keyCertSign'],
  )
  await openssl(
    ...['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-subj', '/CN=127.0.0.1'],
    ...['-keyout', file('server.key'), '-out', file('server.pem')],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
  )
  const parts = await Promise.all(['server.key', 'server.pem'].map((name) => readFile(file(name), 'utf8')))
  await writeFile(file('broker.pem.draft'), parts.join(''), { mode: 0o600 })
  await rename(file('broker.pem.draft'), file('broker.pem'))
  await Promise.all(['ca.key', 'server.key', 'server.pem'].map((name) => rm(file(name))))
}
