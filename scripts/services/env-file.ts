import { readFile, rename, writeFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import type { ServicesEnvironment } from './describe-environment.ts'
import { type ServicesLayout, servicesLayout } from './services-layout.ts'

/** Formats `KEY=value` lines that `node --env-file`, a shell and `parseEnv` read in the same way. */
export function formatEnv(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([key, value]) => `${key}=${plain(value)}\n`)
    .join('')
}

/** @throws Error for a value that would need quotes, which readers interpret differently */
function plain(value: string): string {
  if (!/^[\w\-.,:;/@+=%~]*$/.test(value)) {
    throw new Error(
      `${JSON.stringify(value)} cannot be written to an env file: it contains blanks or quotes.`,
    )
  }
  return value
}

/** Replaces the file atomically. Only its owner can read it, because it contains passwords. */
export async function writeEnvFile(file: string, environment: Record<string, string>): Promise<void> {
  const draft = `${file}.draft`
  await writeFile(draft, formatEnv(environment), { mode: 0o600 })
  await rename(draft, file)
}

/**
 * The settings with which the gateway, the processor and the tests connect to the services.
 * @throws Error that says what to do when the services are not running
 */
export async function readServicesEnvironment(
  { envFile }: Pick<ServicesLayout, 'envFile'> = servicesLayout(),
): Promise<ServicesEnvironment & Record<string, string>> {
  const text = await readFile(envFile, 'utf8').catch(() => {
    throw new Error('The services are not running: start them with "npm run services -- up".')
  })
  return parseEnv(text) as ServicesEnvironment & Record<string, string>
}
