import { flattenCertificates } from './flatten-certificates.ts'
import type { Stack } from './read-stacks.ts'

const ownName = '/hashgate/dev/'

/**
 * Resolves the parameters of a stack. The environment's values come first, then those of the deployment, then SSM names of this
 * environment. All other parameters get the template's default, even if an earlier deployment set a value.
 * @param known values that the deployment determines, such as keys of artefacts
 * @throws Error for a parameter without a value, or one that the template does not have
 */
export function resolveParameters(
  stack: Stack,
  env: string,
  known: Record<string, string>,
): Record<string, string> {
  const { template, given, name: stackName } = stack
  const { Parameters = {} } = template
  const file = `deploy/parameters/${env}.json`
  const unknown = Object.keys(given).find((name) => !(name in Parameters))
  if (unknown) throw new Error(`${file}: ${stackName} has no parameter "${unknown}".`)
  const ssmNames = ssmNamesOf(stack, env)
  const values: Record<string, string> = {}
  for (const [name, { Default }] of Object.entries(Parameters)) {
    const value = formatValue(name, given[name] ?? known[name] ?? ssmNames[name])
    if (value !== undefined) values[name] = value
    else if (Default === undefined) throw new Error(`${stackName} needs ${name}: set it in ${file}.`)
  }
  return values
}

/** Certificates have newlines after JSON parsing, which the template cannot embed in JSON. */
function formatValue(name: string, value: string | undefined): string | undefined {
  return name === 'CaCertificate' && value ? flattenCertificates(value) : value
}

/** Lists the SSM names that a stack reads and another stack of the environment writes. */
export function listReads(stack: Stack, env: string): string[] {
  return Object.entries(ssmNamesOf(stack, env))
    .map(([name, value]) => stack.given[name] ?? value)
    .filter((value) => value.startsWith('/hashgate/'))
}

/** Replaces the environment in SSM names, as templates have those of "dev". */
function ssmNamesOf({ template: { Parameters = {} } }: Stack, env: string): Record<string, string> {
  const names = Object.entries(Parameters).filter(([, { Type }]) =>
    Type.startsWith('AWS::SSM::Parameter::Value<'),
  )
  return Object.fromEntries(
    names.map(([name, { Default = '' }]) => [name, String(Default).replace(ownName, `/hashgate/${env}/`)]),
  )
}
