import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool } from '../find-tool.ts'
import { runTool } from '../run-tool.ts'
import { logFile, type ServicesLayout } from '../services-layout.ts'

export const versitygwVersion = '1.7.0'

/** Building from source takes minutes on two cores with an empty module cache. */
const timeoutMs = 15 * 60_000

export const versitygwFile = ({ downloads }: ServicesLayout): string =>
  join(downloads, `versitygw-${versitygwVersion}`)

/** Builds versitygw unless it is cached. */
export async function installVersitygw(layout: ServicesLayout): Promise<string> {
  const file = versitygwFile(layout)
  if (existsSync(file)) return file
  console.log('s3        building versitygw with Go; this takes minutes …')
  const program = `github.com/versity/versitygw/cmd/versitygw@v${versitygwVersion}`
  await runTool(findTool('go'), ['install', program], {
    task: 'Building versitygw',
    log: logFile(layout, 's3-go'),
    timeoutMs,
    environment: { GOBIN: layout.downloads, CGO_ENABLED: '0' },
  })
  await rename(join(layout.downloads, 'versitygw'), file)
  return file
}
