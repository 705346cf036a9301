import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool } from '../find-tool.ts'
import type { Jars } from '../install-jars.ts'
import { runTool } from '../run-tool.ts'
import { logFile, type ServicesLayout } from '../services-layout.ts'
import type { ServicesState } from '../services-state.ts'
import { type BrokerId, brokerAddress, brokerDirectory, brokerIds } from './broker-properties.ts'
import { componentUsers } from './component-users.ts'

interface FormatOptions {
  id: BrokerId
  jars: Jars
  propertiesFile: string
}

/** Formats a broker's log directory and adds the SCRAM users, unless it is already formatted. */
export async function formatStorage(
  layout: ServicesLayout,
  state: ServicesState,
  { id, jars, propertiesFile }: FormatOptions,
): Promise<void> {
  const directory = brokerDirectory(layout, id)
  if (existsSync(join(directory, 'meta.properties'))) return
  await mkdir(directory, { recursive: true, mode: 0o700 })
  // Passed in a file, because every user of the machine can see a command line.
  const passwordFile = join(layout.data, `kafka-${id}-scram`)
  const { username, password } = state.kafka
  const credentials = [username, ...Object.values(componentUsers)].map(
    (name) => `--add-scram\nSCRAM-SHA-512=[name=${name},password=${password}]\n`,
  )
  await writeFile(passwordFile, credentials.join(''), { mode: 0o600 })
  const args = ['-c', propertiesFile, '-t', state.kafka.clusterId, '-I', initialControllers(state)]
  const tool = [
    '-Xmx128m',
    '-XX:TieredStopAtLevel=1',
    '-cp',
    join(jars.directory, '*'),
    'kafka.tools.StorageTool',
  ]
  await runTool(findTool('java'), [...tool, 'format', ...args, `@${passwordFile}`], {
    task: `Formatting the storage of kafka-${id}`,
    log: logFile(layout, `kafka-${id}-format`),
    timeoutMs: 60_000,
  })
  await rm(passwordFile)
}

function initialControllers(state: ServicesState): string {
  const { directoryIds } = state.kafka
  return brokerIds
    .map((id) => `${id}@${brokerAddress(state, id, '-controller')}:${directoryIds[id - 1]}`)
    .join(',')
}
