import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import type { Test } from 'tap'
import { findTool } from '../../services/find-tool.ts'
import { runTool } from '../../services/run-tool.ts'

/** Starts a TLS server whose certificate is signed by its authority but expired yesterday. */
export async function startExpiredTlsServer(t: Test) {
  const directory = t.testdir({ names: 'subjectAltName=IP:127.0.0.1' })
  const file = (name: string) => join(directory, name)
  const options = { task: 'Creating a certificate', log: file('openssl.log'), timeoutMs: 30_000 }
  const openssl = (...args: string[]) => runTool(findTool('openssl'), args, options)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc']
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-subj',
    '/CN=ca',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  )
  await openssl('req', ...newKey, '-subj', '/CN=broker', '-keyout', file('key'), '-out', file('csr'))
  const signing = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-extfile', file('names')]
  await openssl('x509', '-req', '-in', file('csr'), ...signing, '-days', '-1', '-out', file('pem'))

  const read = (name: string) => readFile(file(name), 'utf8')
  const server = createServer({ key: await read('key'), cert: await read('pem') })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  return { address: `127.0.0.1:${port}`, ca: await read('ca.pem') }
}
