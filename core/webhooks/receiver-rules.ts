import { BlockList, isIPv6 } from 'node:net'

/** Rules for the URLs that webhooks may be sent to. */
export interface ReceiverRules {
  /** Networks that are allowed in addition to public addresses. */
  allowNetworks: BlockList
  /** In production, all URLs must be https. */
  isProduction: boolean
}

interface ReceiverSettings {
  WEBHOOK_ALLOW_NETWORKS: string
  NODE_ENV: string
}

/** @param settings as `readConfig` validated them */
export function receiverRules(settings: ReceiverSettings): ReceiverRules {
  const allowNetworks = new BlockList()
  for (const entry of settings.WEBHOOK_ALLOW_NETWORKS.split(',').filter(Boolean)) {
    const [address = '', prefix] = entry.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    allowNetworks.addSubnet(address, prefix ? Number(prefix) : family === 'ipv6' ? 128 : 32, family)
  }
  return { allowNetworks, isProduction: settings.NODE_ENV === 'production' }
}
