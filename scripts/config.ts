import { type Static, Type } from 'typebox'
import { connectionSettings, readConfig } from '../core/read-config.ts'

const schema = Type.Object({
  /** Of the gateway. 0 picks a free one. */
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
})

export type StartConfig = Static<typeof schema>

/** @throws Error that names every setting at fault */
export const readStartConfig = (): StartConfig => readConfig(schema, process.env)

const replaySchema = Type.Object({
  KAFKA_BROKERS: connectionSettings.KAFKA_BROKERS,
  KAFKA_TOPIC_PREFIX: connectionSettings.KAFKA_TOPIC_PREFIX,
})

export type ReplayConfig = Static<typeof replaySchema>

/** @throws Error that names every setting at fault */
export const readReplayConfig = (environment: NodeJS.ProcessEnv = process.env): ReplayConfig =>
  readConfig(replaySchema, environment)

/** What our child processes inherit: everything but the way to somebody's real AWS account. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined }
}
