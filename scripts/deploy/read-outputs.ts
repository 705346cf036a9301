import { GetParametersCommand } from '@aws-sdk/client-ssm'
import type { Aws } from './connect-aws.ts'

/** Limit of SSM. */
const namesPerCall = 10

/** Reads the outputs that stacks have written to SSM under these names; missing ones are absent. */
export async function readOutputs(ssm: Aws['ssm'], names: string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let start = 0; start < names.length; start += namesPerCall) {
    const get = new GetParametersCommand({ Names: names.slice(start, start + namesPerCall) })
    const { Parameters = [] } = await ssm.send(get)
    for (const { Name, Value } of Parameters) if (Name && Value) found.set(Name, Value)
  }
  return found
}

/** @param name such as `foundation/artefact-bucket`. @throws Error if it has not been written */
export async function readOutput(ssm: Aws['ssm'], env: string, name: string): Promise<string> {
  const path = `/hashgate/${env}/${name}`
  const value = (await readOutputs(ssm, [path])).get(path)
  if (!value) throw new Error(`${path} does not exist in SSM. Deploy the stack ${name.split('/')[0]} first.`)
  return value
}
