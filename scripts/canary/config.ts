import { type Static, Type } from 'typebox'
import { connectionSettings, urlOrEmpty } from '../../core/config/connection-settings.ts'
import { readConfig } from '../../core/config/read-config.ts'

const { AWS_REGION, SECRETS_MANAGER_ENDPOINT, LOG_LEVEL } = connectionSettings

export const canarySettings = Type.Object({
  AWS_REGION,
  SECRETS_MANAGER_ENDPOINT,
  CANARY_GATEWAY: Type.String({
    ...urlOrEmpty,
    minLength: 1,
    mustBe: 'a URL that begins with http:// or https://',
    description: 'URL of the gateway that the canary uploads to.',
  }),
  CANARY_KEY_SECRET_ID: Type.String({
    minLength: 1,
    description: 'Secret whose text is an API key with the scopes `upload` and `read`.',
  }),
  LOG_LEVEL,
})

export type CanaryConfig = Static<typeof canarySettings>

/** @throws ConfigError that names every missing or invalid setting */
export const readCanaryConfig = (environment: NodeJS.ProcessEnv = process.env): CanaryConfig =>
  readConfig(canarySettings, environment)
