import { envSchema } from 'env-schema'
import type { Static, TObject } from 'typebox'

/** Settings are missing or invalid. The message has one line per setting. It contains no values, because some are secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

interface ValidationError {
  instancePath: string
  message?: string
  params: { missingProperty?: string; allowedValues?: string[] }
}

/**
 * Reads and validates settings.
 * @param environment environment variables; those that the schema does not define are ignored
 * @throws ConfigError that names every invalid setting
 */
export function readConfig<T extends TObject>(schema: T, environment: NodeJS.ProcessEnv): Static<T> {
  try {
    return envSchema<Static<T>>({ schema, data: environment, env: false })
  } catch (error) {
    const { errors = [] } = error as { errors?: ValidationError[] }
    throw new ConfigError(errors.map(describeError).join('\n'))
  }
}

/** Calls both readers and reports the errors of both together. @throws ConfigError */
export function readTogether<A, B>(readFirst: () => A, readSecond: () => B): [A, B] {
  const results = [resultOf(readFirst), resultOf(readSecond)] as const
  const errors = results.filter((result) => result instanceof ConfigError)
  if (errors.length > 0) throw new ConfigError(errors.map(({ message }) => message).join('\n'))
  return results as [A, B]
}

function resultOf<T>(read: () => T): T | ConfigError {
  try {
    return read()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

function describeError({ instancePath, message, params }: ValidationError): string {
  if (params.missingProperty) return `${params.missingProperty} is not set.`
  const allowed = params.allowedValues ? `: ${params.allowedValues.join(', ')}` : ''
  return `${instancePath.slice(1)} ${message}${allowed}.`
}

/** Reads the settings of a program. If they are invalid, prints only the message of the ConfigError and exits with code 1. */
export async function readOrExit<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
