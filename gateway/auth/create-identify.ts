import type { KeyTable } from '../../core/api-keys/key-table.ts'
import type { GatewayConfig } from '../config.ts'
import type { Audit } from './audit.ts'
import { type Identify, identifyByAny, identifyNobody } from './identify.ts'
import { createIdentifyByKey } from './identify-by-key.ts'
import { createIdentifyByToken } from './identify-by-token.ts'
import { openIssuerKeys } from './issuer-keys.ts'

interface AuthParts {
  keys: KeyTable
  audit: Audit
  now: () => number
}

/** Creates the authentication that the setting `AUTH` describes. */
export function createIdentify(config: GatewayConfig, { keys, audit, now }: AuthParts): Identify {
  const ways = config.AUTH.split(',')
  if (ways.includes('none')) return identifyNobody(config.RATE_LIMIT_PER_MINUTE)
  return identifyByAny({
    ...(ways.includes('keys') && { byKey: createIdentifyByKey({ keys, audit, now }) }),
    ...(ways.includes('jwt') && {
      byToken: createIdentifyByToken(config, { keys: openIssuerKeys(config), now }),
    }),
  })
}
