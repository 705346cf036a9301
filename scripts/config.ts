import { resolve } from 'node:path'
import { type Static, Type } from 'typebox'
import { connectionSettings } from '../core/config/connection-settings.ts'
import { kafkaSettings } from '../core/config/kafka-settings.ts'
import { readConfig } from '../core/config/read-config.ts'

const schema = Type.Object({
  /** Port of the gateway. 0 picks a free one. */
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
})

export type StartConfig = Static<typeof schema>

/** @throws Error that names every invalid setting */
export const readStartConfig = (): StartConfig => readConfig(schema, process.env)

const { AWS_REGION, SECRETS_MANAGER_ENDPOINT, RETENTION_DAYS } = connectionSettings
export const topicsSettings = Type.Object({
  AWS_REGION,
  SECRETS_MANAGER_ENDPOINT,
  RETENTION_DAYS,
  ...kafkaSettings,
  KAFKA_PARTITIONS: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 12,
    description: 'Partitions of each topic that the command creates.',
  }),
})

/** @param overrides settings that take precedence over the environment. @throws Error that names every invalid setting */
export const readTopicsConfig = (overrides: NodeJS.ProcessEnv): Static<typeof topicsSettings> =>
  readConfig(topicsSettings, { ...process.env, ...overrides })

const replaySchema = Type.Object({ AWS_REGION, SECRETS_MANAGER_ENDPOINT, ...kafkaSettings })

/** @param overrides settings that take precedence over the environment. @throws Error that names every invalid setting */
export const readReplayConfig = (overrides: NodeJS.ProcessEnv): Static<typeof replaySchema> =>
  readConfig(replaySchema, { ...process.env, ...overrides })

const { DYNAMODB_ENDPOINT } = connectionSettings
const keysTable = Type.String({ minLength: 3 })
const keysSchema = Type.Object({ AWS_REGION, DYNAMODB_ENDPOINT, KEYS_TABLE: keysTable })

const { CATALOG_TABLE, WEBHOOKS_TABLE } = connectionSettings
const tablesSchema = Type.Object({
  AWS_REGION,
  DYNAMODB_ENDPOINT,
  CATALOG_TABLE,
  KEYS_TABLE: keysTable,
  WEBHOOKS_TABLE,
})

/** @throws ConfigError that names every invalid setting */
export const readTablesConfig = (): Static<typeof tablesSchema> => readConfig(tablesSchema, process.env)

export const hasKeysTable = (): boolean => Boolean(process.env.KEYS_TABLE)

/** @param overrides settings that take precedence over the environment. @throws Error that names every invalid setting */
export const readKeysConfig = (overrides: NodeJS.ProcessEnv): Static<typeof keysSchema> =>
  readConfig(keysSchema, { ...process.env, ...overrides })

/** Whether the environment names the table of the images to reprocess. */
export const hasCatalog = (): boolean => Boolean(process.env.CATALOG_TABLE)

/** The given settings that the environment has. */
export function namedSettings(names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

const projectRoot = resolve(import.meta.dirname, '..')

/** The directory in which the user ran the command. npm changes to the root of the project, and passes it in `INIT_CWD`. */
export function callerDirectory(): string {
  const directory = process.cwd()
  return directory === projectRoot ? (process.env.INIT_CWD ?? directory) : directory
}

/** The data of the local system: `HASHGATE_DATA`, or `.data` in the project regardless of the user's directory. */
export function localDataDirectory(): string {
  const { HASHGATE_DATA } = process.env
  return HASHGATE_DATA ? resolve(callerDirectory(), HASHGATE_DATA) : resolve(projectRoot, '.data')
}

/** The gateway and the key that the environment names, as for the CLI. */
export function targetEnvironment(): { gateway?: string; key?: string } {
  return { gateway: process.env.HASHGATE_GATEWAY, key: process.env.HASHGATE_KEY }
}

/** The environment for child processes, without access to a real AWS account. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined }
}

/** The secrets of `npm run tableau -- publish` that the environment has. */
export function tableauEnvironment(): {
  tokenName?: string
  tokenSecret?: string
  databasePassword?: string
} {
  const { TABLEAU_TOKEN_NAME, TABLEAU_TOKEN_SECRET, TABLEAU_DATABASE_PASSWORD } = process.env
  return {
    tokenName: TABLEAU_TOKEN_NAME,
    tokenSecret: TABLEAU_TOKEN_SECRET,
    databasePassword: TABLEAU_DATABASE_PASSWORD,
  }
}
