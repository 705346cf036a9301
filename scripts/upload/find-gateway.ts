import { join } from 'node:path'
import { localDataDirectory } from '../config.ts'
import { readLocalSettings } from '../local/local-settings.ts'

interface Gateway {
  gateway: string
  key: string
}

/**
 * The gateway and the key to use: the given ones, and otherwise those of the system that `npm start` runs here. The local
 * key is used only with the local gateway.
 * @throws Error that says what to pass when one is missing
 */
export async function findGateway(given: Partial<Gateway>): Promise<Gateway> {
  if (given.gateway && !/^https?:\/\/./.test(given.gateway)) {
    throw new Error(`--gateway must be a URL such as http://127.0.0.1:3000, not "${given.gateway}".`)
  }
  if (given.gateway && given.key) return { gateway: given.gateway, key: given.key }
  const directory = localDataDirectory()
  const local = await readLocalSettings(directory).catch((cause) => {
    const file = join(directory, 'local.json')
    throw new Error(`${file} cannot be read. Run "npm start", or pass --gateway URL --key KEY.`, { cause })
  })
  const gateway = given.gateway ?? local?.gateway
  const key = given.key ?? (gateway === local?.gateway ? local?.key : undefined)
  if (!gateway) throw new Error('No gateway: run "npm start" first, or pass --gateway URL --key KEY.')
  if (!key) throw new Error(`No key for the gateway at ${gateway}: pass --key KEY.`)
  return { gateway, key }
}
