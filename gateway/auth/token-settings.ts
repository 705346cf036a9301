import { type Static, Type } from 'typebox'
import { urlOrEmpty } from '../../core/config/connection-settings.ts'

/** Asymmetric algorithms only, so that only the issuer can sign tokens. */
const algorithms = 'RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|EdDSA'

/** Which tokens the gateway accepts, and which claims it reads. */
export const tokenSettings = Type.Object({
  JWT_ISSUER: Type.String({
    default: '',
    description:
      'Required value of the `iss` claim. It must be a URL unless `JWT_JWKS_URL` is set. Needed for `AUTH=jwt`.',
  }),
  JWT_AUDIENCE: Type.String({
    default: '',
    description: 'Required value of the `aud` claim. Needed for `AUTH=jwt`.',
  }),
  JWT_JWKS_URL: Type.String({
    ...urlOrEmpty,
    default: '',
    description: "URL of the issuer's public keys. Empty: found through OpenID Connect Discovery.",
  }),
  JWT_ALGORITHMS: Type.String({
    pattern: `^(${algorithms})(,(${algorithms}))*$`,
    mustBe: `one or more of ${algorithms.replaceAll('|', ', ')}, separated by commas without spaces`,
    default: 'RS256,ES256',
    description:
      'Accepted signature algorithms, separated by commas: `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512`, `EdDSA`.',
  }),
  JWT_LEEWAY_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 300,
    default: 30,
    description: "Clock skew in seconds that is tolerated when the token's times are checked.",
  }),
  JWT_TENANT_CLAIM: Type.String({
    minLength: 1,
    default: 'tenant',
    description: 'Name of the claim that holds the tenant.',
  }),
  JWT_SCOPES_CLAIM: Type.String({
    minLength: 1,
    default: 'scope',
    description: 'Name of the claim that holds the scopes, as an array or as words in one string.',
  }),
  JWT_RATE_PER_MINUTE: Type.Integer({
    minimum: 1,
    default: 600,
    description: 'Requests per minute of one token subject.',
  }),
})

export type TokenSettings = Static<typeof tokenSettings>
