import { type Static, Type } from 'typebox'

/** Only signatures with a public key: nobody but the issuer can make one. */
const algorithms = 'RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|EdDSA'

/** Whose tokens are accepted, and what they must say. */
export const tokenSettings = Type.Object({
  /** The `iss` claim; an address, when `JWT_JWKS_URL` does not say where the keys are. */
  JWT_ISSUER: Type.String({ default: '' }),
  JWT_AUDIENCE: Type.String({ default: '' }),
  /** Found at the issuer (OpenID Connect Discovery) when it is empty. */
  JWT_JWKS_URL: Type.String({ pattern: '^(https?://\\S+)?$', default: '' }),
  JWT_ALGORITHMS: Type.String({ pattern: `^(${algorithms})(,(${algorithms}))*$`, default: 'RS256,ES256' }),
  JWT_LEEWAY_SECONDS: Type.Integer({ minimum: 0, maximum: 300, default: 30 }),
  JWT_TENANT_CLAIM: Type.String({ minLength: 1, default: 'tenant' }),
  JWT_SCOPES_CLAIM: Type.String({ minLength: 1, default: 'scope' }),
  JWT_RATE_PER_MINUTE: Type.Integer({ minimum: 1, default: 600 }),
})

export type TokenSettings = Static<typeof tokenSettings>
