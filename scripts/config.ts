import { type Static, Type } from 'typebox'
import { readConfig } from '../core/read-config.ts'

const schema = Type.Object({
  /** Of the gateway. 0 picks a free one. */
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
})

export type StartConfig = Static<typeof schema>

/** @throws Error that names every setting at fault */
export const readStartConfig = (): StartConfig => readConfig(schema, process.env)

/** What our child processes inherit: everything but the way to somebody's real AWS account. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined }
}
