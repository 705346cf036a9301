import { envSchema } from 'env-schema'
import type { Static, TObject } from 'typebox'
import { describeRequirement, type Requirement } from './describe-requirement.ts'

/** Settings are missing or invalid. The message has one line per setting. It contains no values, because some are secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

interface ValidationError {
  instancePath: string
  params: { missingProperty?: string }
}

/** Finds settings that contradict each other, a sentence each. Settings that are missing or invalid are absent. */
export type FindConflicts<T extends TObject> = (config: Partial<Static<T>>) => string[]

/**
 * Reads and validates settings.
 * @param environment environment variables; those that the schema does not define are ignored
 * @throws ConfigError that names every missing, invalid and contradicting setting
 */
export function readConfig<T extends TObject>(
  schema: T,
  environment: NodeJS.ProcessEnv,
  findConflicts: FindConflicts<T> = () => [],
): Static<T> {
  const { config, invalid } = validate(schema, environment)
  // The other settings are read again, so that their conflicts are reported in the same run.
  const readable = invalid.size === 0 ? config : validate(without(schema, invalid), environment).config
  const errors = [...invalid.values(), ...findConflicts(readable as Static<T>)]
  if (errors.length > 0) throw new ConfigError(errors.join('\n'))
  return config as Static<T>
}

/** @returns the settings, and a sentence for each that is missing or invalid, by name */
function validate(schema: TObject, environment: NodeJS.ProcessEnv) {
  const invalid = new Map<string, string>()
  try {
    const config = envSchema({
      schema,
      data: environment,
      env: false,
      ajv: { customOptions: (ajv) => ajv.addKeyword('mustBe') },
    })
    return { config, invalid }
  } catch (error) {
    const { errors } = error as { errors?: ValidationError[] }
    if (!errors) throw error
    for (const { instancePath, params } of errors) {
      const name = params.missingProperty ?? instancePath.slice(1)
      const requirement = schema.properties[name] as Requirement
      const fault = params.missingProperty ? 'is not set' : describeRequirement(requirement)
      invalid.set(name, `${name} ${fault}.`)
    }
    return { config: {}, invalid }
  }
}

function without(schema: TObject, names: Map<string, unknown>): TObject {
  const properties = Object.entries(schema.properties).filter(([name]) => !names.has(name))
  const required = schema.required.filter((name) => !names.has(name))
  return { ...schema, properties: Object.fromEntries(properties), required } as TObject
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
