import { join } from 'node:path'
import type { Target, TargetDefaults } from '../openapi/packages/cli/src/target.ts'
import { localDataDirectory } from './config.ts'
import { readLocalSettings } from './local/local-settings.ts'

/** The default target of commands in this project: the system that `npm start` runs here. */
export const localTarget: TargetDefaults = {
  source: 'from .data/local.json, which "npm start" writes',
  advice: 'run "npm start" first',
  read: readLocalTarget,
}

async function readLocalTarget(): Promise<Target | undefined> {
  const directory = localDataDirectory()
  return readLocalSettings(directory).catch((cause) => {
    const file = join(directory, 'local.json')
    throw new Error(`${file} cannot be read. Run "npm start", or pass --gateway URL --key KEY.`, { cause })
  })
}
