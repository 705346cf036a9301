import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findTool } from '../../services/find-tool.ts'
import { runTool } from '../../services/run-tool.ts'

const version = '1.35.0'
const timeoutMs = 15 * 60_000

/** Builds oasdiff with Go unless it is cached. Returns the path of the program. */
export async function installOasdiff(cache: string): Promise<string> {
  const directory = join(cache, `oasdiff-${version}`)
  const program = join(directory, 'oasdiff')
  if (existsSync(program)) return program
  console.log('building oasdiff with Go; this takes a few minutes the first time …')
  await runTool(findTool('go'), ['install', `github.com/oasdiff/oasdiff@v${version}`], {
    task: 'Building oasdiff',
    log: join(cache, 'oasdiff-go.log'),
    timeoutMs,
    environment: { GOBIN: directory, CGO_ENABLED: '0' },
  })
  return program
}
