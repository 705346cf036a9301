import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Launch, Service } from '../service.ts'
import type { ServicesLayout } from '../services-layout.ts'
import type { ServicesState } from '../services-state.ts'
import { answerTestEvent } from './answer-test-event.ts'
import { installVersitygw, versitygwFile, versitygwVersion } from './install-versitygw.ts'

const healthPath = '/health'

/**
 * versitygw: S3 over plain files. It posts one event for every created object in any bucket, and does not retry: events
 * are lost while the receiver is down.
 */
export function describeVersitygw(layout: ServicesLayout, state: ServicesState): Service {
  const address = `127.0.0.1:${state.ports.s3}`
  const directory = (name: string) => join(layout.data, 's3', name)
  const eventFilter = join(layout.current, 's3-event-filter.json')

  async function prepare(): Promise<Launch> {
    const program = await installVersitygw(layout)
    await mkdir(directory('objects'), { recursive: true, mode: 0o700 })
    await mkdir(directory('versions'), { recursive: true, mode: 0o700 })
    await writeFile(eventFilter, JSON.stringify({ 's3:ObjectCreated:*': true }))
    // Otherwise versitygw logs URLs, and a presigned URL is a secret.
    const quiet = ['--quiet', '--health', healthPath, '--keep-alive']
    const events = ['--event-webhook-url', state.s3EventUrl, '--event-filter', eventFilter]
    const backend = ['posix', '--versioning-dir', directory('versions'), directory('objects')]
    return {
      program,
      args: ['--port', address, ...quiet, ...events, ...backend],
      environment: {
        ROOT_ACCESS_KEY: state.s3.accessKeyId,
        ROOT_SECRET_KEY: state.s3.secretAccessKey,
      },
      version: versitygwVersion,
      afterStart: await answerTestEvent(state.s3EventUrl),
    }
  }

  async function probe(): Promise<void> {
    const answer = await fetch(`http://${address}${healthPath}`)
    if (!answer.ok) throw new Error(`${healthPath} returned ${answer.status}`)
  }

  return {
    name: 's3',
    address: `http://${address}`,
    needs: existsSync(versitygwFile(layout)) ? [] : ['go'],
    prepare,
    probe,
    readyWithinMs: 30_000,
    endsWithinMs: 5_000,
  }
}
