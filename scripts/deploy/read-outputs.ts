import { GetParametersCommand } from '@aws-sdk/client-ssm'
import type { Aws } from './connect-aws.ts'

/** As many as SSM tells at once. */
const namesAtOnce = 10

/** What stacks have published under these names; those that nobody has published are absent. */
export async function readOutputs(ssm: Aws['ssm'], names: string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let start = 0; start < names.length; start += namesAtOnce) {
    const get = new GetParametersCommand({ Names: names.slice(start, start + namesAtOnce) })
    const { Parameters = [] } = await ssm.send(get)
    for (const { Name, Value } of Parameters) if (Name && Value) found.set(Name, Value)
  }
  return found
}

/** @param name such as `foundation/artefact-bucket`. @throws Error when nobody has published it */
export async function readOutput(ssm: Aws['ssm'], env: string, name: string): Promise<string> {
  const path = `/hashgate/${env}/${name}`
  const value = (await readOutputs(ssm, [path])).get(path)
  if (!value) throw new Error(`Nobody has written ${path}: deploy the stack ${name.split('/')[0]} first.`)
  return value
}
