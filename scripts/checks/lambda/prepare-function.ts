import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildZip, deployables } from '../../build/build-zips.ts'
import type { Architecture } from '../../build/target.ts'
import { unpackZip } from '../../build/unpack-zip.ts'
import type { WrittenZip } from '../../build/write-zip.ts'
import { installEmulator } from './install-emulator.ts'
import { installRuntime } from './install-runtime.ts'

const cache = join(import.meta.dirname, '../../../.cache/lambda')

/** Installs the Lambda emulator and the runtime client unless they are cached. Returns their paths. */
export async function installLambda() {
  if (process.platform !== 'linux') throw new Error('The Lambda tests need Linux.')
  const [emulator, runtime] = [await installEmulator(cache), await installRuntime(cache)]
  return { emulator, runtime }
}

type OnStop = (stop: () => Promise<unknown>) => void

/** Installs Lambda's programs and unpacks the processor's zip. */
export async function prepareFunction(onStop: OnStop) {
  const lambda = await installLambda()
  return {
    ...lambda,
    ...(await unpackProcessor(process.arch as Architecture, onStop)),
    handler: 'lambda.handler',
  }
}

/** Builds the processor's zip and unpacks it outside the repository, so that a module missing from the zip cannot be resolved. */
export async function unpackProcessor(cpu: Architecture, onStop: OnStop) {
  const directory = await mkdtemp(join(tmpdir(), 'hashgate-lambda-'))
  onStop(() => rm(directory, { recursive: true, force: true }))
  const deployable = deployables.find(({ zip }) => zip === 'processor.zip')
  if (!deployable) throw new Error('processor.zip is not among the deployables.')
  const zip: WrittenZip = await buildZip(deployable, { out: directory, cpu })
  const task = join(directory, 'task')
  await unpackZip(zip.file, task)
  return { task, zip }
}
