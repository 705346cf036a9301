import { readLocalSettings } from '../local/local-settings.ts'

interface Gateway {
  gateway: string
  key: string
}

/**
 * Where to upload: what was said, and for the rest the system that `npm start` runs here. Its key is for itself alone.
 * @throws Error with what to do when something is missing
 */
export async function findGateway(said: Partial<Gateway>): Promise<Gateway> {
  if (said.gateway && !/^https?:\/\/./.test(said.gateway)) {
    throw new Error(`--gateway is a URL such as http://127.0.0.1:3000, not "${said.gateway}".`)
  }
  if (said.gateway && said.key) return { gateway: said.gateway, key: said.key }
  const local = await readLocalSettings('.data').catch((cause) => {
    throw new Error('.data/local.json cannot be read. Run "npm start", or say --gateway URL --key KEY.', {
      cause,
    })
  })
  const gateway = said.gateway ?? local?.gateway
  const key = said.key ?? (gateway === local?.gateway ? local?.key : undefined)
  if (!gateway) throw new Error('Where to? Run "npm start" first, or say --gateway URL --key KEY.')
  if (!key) throw new Error(`With which key? The gateway at ${gateway} is not the local one: say --key KEY.`)
  return { gateway, key }
}
