import { strict as assert } from 'node:assert'
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { clientsCache, repository } from '../../clients/client-folders.ts'
import { inheritedEnvironment } from '../../config.ts'
import type { LocalSystem } from '../../local/start-system.ts'
import { runTool } from '../../services/run-tool.ts'
import { logFile } from '../../services/services-layout.ts'
import type { ClientProgram } from './client-programs.ts'

const buildTimeoutMs = 10 * 60_000
const runTimeoutMs = 60_000

export async function buildClient({ language, build }: ClientProgram): Promise<void> {
  for (const [index, [program = '', ...args]] of build().entries()) {
    await runTool(program, args, {
      task: `Building the ${language} client`,
      log: logFile(clientsCache, `${language}-build-${index + 1}`),
      timeoutMs: buildTimeoutMs,
    })
  }
}

/**
 * Runs the program twice on its photo and prints its output.
 * @throws AssertionError unless the first run uploads the photo and the second reports a duplicate
 */
export async function tryClient({ language, photo, run }: ClientProgram, system: LocalSystem): Promise<void> {
  const file = join(repository, 'processor/test/photos', photo)
  const { size } = await stat(file)
  for (const upload of [`uploaded ${size} bytes`, 'duplicate: nothing to upload']) {
    const output = await runClient([...run(), file], system)
    console.log(output.replaceAll(/^/gm, `${language.padEnd(10)} `))
    const [first, ...variants] = output.split('\n')
    assert.equal(first, upload)
    assert.match(variants.join(), /thumb .*medium .*large /)
  }
}

/** @throws Error with the program's output if its exit code is not 0 */
async function runClient([program = '', ...args]: string[], system: LocalSystem): Promise<string> {
  const env = { ...inheritedEnvironment(), GATEWAY: system.gatewayUrl, KEY: system.key }
  const { stdout } = await promisify(execFile)(program, args, { env, timeout: runTimeoutMs })
  return stdout.trimEnd()
}
