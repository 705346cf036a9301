import { flattenCertificates } from './flatten-certificates.ts'
import type { Stack } from './read-stacks.ts'

const ownName = '/hashgate/dev/'

/**
 * What CloudFormation is given: what the environment says, then what the deployment knows, then names in SSM, moved to this
 * environment. For all others the template's default counts, also where an earlier deployment gave a value.
 * @param known values that the deployment finds out, such as keys of artefacts; a stack takes those that it has parameters for
 * @throws Error that names a parameter without a value, or one that the template does not have
 */
export function resolveParameters(
  stack: Stack,
  env: string,
  known: Record<string, string>,
): Record<string, string> {
  const { template, given, name: stackName } = stack
  const { Parameters = {} } = template
  const file = `deploy/parameters/${env}.json`
  const strange = Object.keys(given).find((name) => !(name in Parameters))
  if (strange) throw new Error(`${file}: ${stackName} has no parameter "${strange}".`)
  const moved = moveNames(stack, env)
  const values: Record<string, string> = {}
  for (const [name, { Default }] of Object.entries(Parameters)) {
    const value = writeValue(name, given[name] ?? known[name] ?? moved[name])
    if (value !== undefined) values[name] = value
    else if (Default === undefined) throw new Error(`${stackName} needs ${name}: set it in ${file}.`)
  }
  return values
}

/** JSON of the parameters has turned `\n` into new lines, which the template could not put into JSON again. */
function writeValue(name: string, value: string | undefined): string | undefined {
  return name === 'CaCertificate' && value ? flattenCertificates(value) : value
}

/** The names in SSM that a stack reads and that another one of the same environment writes. */
export function listReads(stack: Stack, env: string): string[] {
  return Object.entries(moveNames(stack, env))
    .map(([name, value]) => stack.given[name] ?? value)
    .filter((value) => value.startsWith('/hashgate/'))
}

/** Templates name the outputs of "dev". */
function moveNames({ template: { Parameters = {} } }: Stack, env: string): Record<string, string> {
  const names = Object.entries(Parameters).filter(([, { Type }]) =>
    Type.startsWith('AWS::SSM::Parameter::Value<'),
  )
  return Object.fromEntries(
    names.map(([name, { Default = '' }]) => [name, String(Default).replace(ownName, `/hashgate/${env}/`)]),
  )
}
