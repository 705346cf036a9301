import { type Command, Option } from 'commander'
import { readKeyFile } from './read-key-file.ts'

/** The gateway to use, and the key or token to use with it. */
export interface Target {
  gateway: string
  key: string
}

export interface TargetOptions extends Partial<Target> {
  keyFile?: string
}

export interface TargetDefaults {
  /** Where the defaults come from, for the help text. */
  source: string
  /** What to do when there is no target, such as `run "npm start" first`. */
  advice: string
  /** Returns the defaults, or undefined if there are none. */
  read: () => Promise<Target | undefined>
}

/** Adds `--gateway`, `--key` and `--key-file` to a program. They may stand before and after the names of its commands. */
export function addTargetOptions(program: Command, defaults?: TargetDefaults): Command {
  const otherwise = defaults ? ` (default: ${defaults.source})` : ''
  return program
    .addOption(new Option('--gateway <url>', `gateway to use${otherwise}`).env('HASHGATE_GATEWAY'))
    .addOption(new Option('--key <key>', keyDescription + otherwise).env('HASHGATE_KEY'))
    .addOption(new Option('--key-file <path>', 'file that contains the key, or - to read it from stdin'))
}

const keyDescription =
  'API key or token. Other users of this machine can see it in the list of processes: prefer the environment or --key-file'

/**
 * The gateway and the key: the given ones, and otherwise the defaults. The default key is used only with the default gateway.
 * @throws Error that names the missing option
 */
export async function findTarget(given: TargetOptions, defaults?: TargetDefaults): Promise<Target> {
  if (given.gateway && !/^https?:\/\/./.test(given.gateway)) {
    throw new Error(
      `--gateway (or HASHGATE_GATEWAY) must be a URL such as http://127.0.0.1:3000, not "${given.gateway}".`,
    )
  }
  const givenKey = given.keyFile === undefined ? given.key : await readKeyFile(given.keyFile)
  if (given.gateway && givenKey) return { gateway: given.gateway, key: givenKey }
  const found = await defaults?.read()
  const gateway = given.gateway || found?.gateway
  const key = givenKey || (gateway === found?.gateway ? found?.key : undefined)
  const advice = defaults ? `${defaults.advice}, or ` : ''
  if (!gateway) throw new Error(`No gateway: ${advice}pass --gateway URL or set HASHGATE_GATEWAY.`)
  if (!key)
    throw new Error(
      `No key for the gateway at ${gateway}: set HASHGATE_KEY, or pass --key-file PATH or --key KEY.`,
    )
  return { gateway, key }
}
