import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildZip, deployables } from '../build/build-zips.ts'
import type { Architecture } from '../build/target.ts'
import { unpackZip } from '../build/unpack-zip.ts'
import type { WrittenZip } from '../build/write-zip.ts'
import { installEmulator } from './install-emulator.ts'
import { installRuntime } from './install-runtime.ts'

const cache = join(import.meta.dirname, '../../.cache/lambda')

/** What Lambda consists of on this machine: its emulator, and its runtime client. */
export async function installLambda() {
  if (process.platform !== 'linux') throw new Error('The zip runs on Linux, as Lambda does.')
  const [emulator, runtime] = [await installEmulator(cache), await installRuntime(cache)]
  return { emulator, runtime }
}

/** Builds the processor's zip for this machine, and unpacks it outside this folder: what is not in it is not found. */
export async function prepareFunction(onStop: (stop: () => Promise<unknown>) => void) {
  const lambda = await installLambda()
  const directory = await mkdtemp(join(tmpdir(), 'hashgate-lambda-'))
  onStop(() => rm(directory, { recursive: true, force: true }))
  const deployable = deployables.find(({ zip }) => zip === 'processor.zip')
  if (!deployable) throw new Error('there is no processor.zip')
  const zip: WrittenZip = await buildZip(deployable, { out: directory, cpu: process.arch as Architecture })
  const task = join(directory, 'task')
  await unpackZip(zip.file, task)
  return { ...lambda, task, zip, handler: 'lambda.handler' }
}
