import { type Static, Type } from 'typebox'
import { isOrigin } from '../../core/config/is-origin.ts'

/** Settings of a CloudFront distribution in front of the processed bucket. Both or none of them are set. */
export const cdnSettings = Type.Object({
  CDN_URL: Type.String({
    pattern: '^(https?://[^\\s/?#]+)?$',
    mustBe: 'a URL without a path, such as https://images-cdn.example.com, or empty',
    default: '',
    description:
      'URL of a CloudFront distribution whose origin is the processed bucket. Variant URLs then point to it. Empty: to the bucket.',
  }),
  CDN_KEY_SECRET_ID: Type.String({
    default: '',
    description:
      'Secret in Secrets Manager with the key that signs these URLs, as JSON: `keyPairId`, the id of the public key in CloudFront, and `privateKey`, RSA of 2,048 bits in PEM. The gateway reads it when it starts.',
  }),
})

export type CdnSettings = Static<typeof cdnSettings>

/** @returns an error for each setting that is missing although another one is set, and for a URL that clients would change */
export function findCdnConflicts(config: Partial<CdnSettings>): string[] {
  const names = Object.keys(cdnSettings.properties) as (keyof CdnSettings)[]
  const given = names.find((name) => config[name])
  if (!given) return []
  return [
    ...names.filter((name) => config[name] === '').map((name) => `${name} is not set. ${given} requires it.`),
    ...findUrlErrors(config.CDN_URL),
  ]
}

/** Clients normalize the host and port of a URL before they send it, and the signature covers the URL as it is sent. */
function findUrlErrors(url = ''): string[] {
  if (url === '' || isOrigin(url)) return []
  return [
    'CDN_URL must be the origin as browsers send it, because signatures cover it: in lower case, without credentials or a default port, such as https://images-cdn.example.com.',
  ]
}
