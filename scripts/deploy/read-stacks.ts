import { readFile } from 'node:fs/promises'
import {
  isDeployed,
  type ParameterValues,
  type Stack as StackEntry,
  type Template,
} from '../../deploy/read-template.ts'
import { parseTemplate } from './template.ts'

export interface Stack {
  /** Short name in `stacks.json`. */
  name: string
  /** Name in CloudFormation. */
  stackName: string
  body: string
  template: Template
  /** Values from `parameters/‹env›.json`. */
  given: Record<string, string>
  /** False for an optional stack that the environment has no section for. */
  isWanted: boolean
}

export const environmentPattern = /^[a-z][a-z0-9]{1,7}$/

/**
 * Reads every stack of an environment, in deployment order.
 * @param directory the folder `deploy/`
 * @throws Error if a file is missing or invalid
 */
export async function readStacks(directory: URL, env: string): Promise<Stack[]> {
  if (!environmentPattern.test(env)) {
    throw new Error(`--env must be 2 to 8 lower-case letters and digits, such as "dev", not "${env}".`)
  }
  const entries: StackEntry[] = JSON.parse(await readFile(new URL('stacks.json', directory), 'utf8'))
  const given = await readGiven(new URL(`parameters/${env}.json`, directory), env)
  const unknown = Object.keys(given).filter((name) => !entries.some(({ stack }) => stack === name))
  if (unknown.length > 0)
    throw new Error(`deploy/parameters/${env}.json has a section for an unknown stack, "${unknown[0]}".`)
  const alone = entries.find(({ stack, with: other }) => other && stack in given && !(other in given))
  if (alone)
    throw new Error(
      `deploy/parameters/${env}.json has a section "${alone.stack}", which is deployed only with "${alone.with}". Add a section "${alone.with}".`,
    )
  return Promise.all(
    entries.map(async (entry) => {
      const { stack: name, template: file } = entry
      const body = await readFile(new URL(file, directory), 'utf8')
      return {
        name,
        stackName: `hashgate-${env}-${name}`,
        body,
        template: parseTemplate(body),
        given: given[name] ?? {},
        isWanted: isDeployed(entry, given),
      }
    }),
  )
}

/** @param names selected stacks in any order; empty selects all wanted ones. @throws Error for an unknown name */
export function chooseStacks(stacks: Stack[], names: string[]): Stack[] {
  const unknown = names.find((name) => !stacks.some((stack) => stack.name === name))
  if (unknown) {
    throw new Error(`Unknown stack "${unknown}". Stacks: ${stacks.map(({ name }) => name).join(', ')}.`)
  }
  return stacks.filter(({ name, isWanted }) => (names.length === 0 ? isWanted : names.includes(name)))
}

async function readGiven(file: URL, env: string): Promise<ParameterValues> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error(`deploy/parameters/${env}.json is missing. Copy another one, or start with "{}".`)
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`deploy/parameters/${env}.json is not valid JSON: ${(error as Error).message}`)
  }
}
