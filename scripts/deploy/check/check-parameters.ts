import type { Parameter } from '../../../deploy/read-template.ts'
import type { Stack } from '../read-stacks.ts'
import { resolveParameters } from '../resolve-parameters.ts'
import { keptValues } from '../stacks/fixed-parameters.ts'
import { type CheckContext, findParameter, valuesOnceBuilt } from './check-context.ts'
import { findBrokenAssertions } from './evaluate-rule.ts'
import type { Finding } from './finding.ts'
import { isPlaceholder } from './placeholders.ts'

const subject = 'parameters'

/** What to set instead of a placeholder, where the template's description is not enough. */
const advice: Record<string, string> = {
  DomainName: 'set a domain name that you own',
  CertificateArn:
    'set the ARN of an ACM certificate for DomainName, or remove the parameter and set HostedZoneId',
}

/**
 * Checks the values of all parameters as CloudFormation will when it reaches each stack, and finds placeholders, which
 * CloudFormation accepts.
 */
export async function checkParameters(context: CheckContext): Promise<Finding[]> {
  const { stacks } = context
  const findings = [
    ...stacks.flatMap((stack) => checkStack(context, stack)),
    ...checkZones(context),
    ...checkDistribution(context),
  ]
  if (findings.length > 0) return findings
  return [{ subject, verdict: 'ok', text: `those of ${stacks.length} stacks are valid` }]
}

function checkStack({ deployment, found }: CheckContext, stack: Stack): Finding[] {
  const file = `deploy/parameters/${deployment.env}.json`
  const { Parameters = {}, Rules = {} } = stack.template
  let values: Record<string, string>
  try {
    const known = { ...valuesOnceBuilt(deployment), ...keptValues(found.get(stack.name)) }
    values = resolveParameters(stack, deployment.env, known)
  } catch (error) {
    return [{ subject, verdict: 'fails', text: (error as Error).message }]
  }
  const defaults = Object.entries(Parameters).map(([name, { Default = '' }]) => [name, String(Default)])
  const all = { ...Object.fromEntries(defaults), ...values }
  const refused = Object.entries(Parameters).flatMap(([name, parameter]) => {
    const reason = findFault(parameter, all[name] ?? '')
    return reason ? `${stack.name}.${name} is "${all[name]}", but ${reason}: change it in ${file}` : []
  })
  const broken = Object.values(Rules).flatMap((rule) => findBrokenAssertions(rule, all))
  const invented = Object.entries(stack.given)
    .filter(([, value]) => isPlaceholder(value, deployment.caller.account))
    .map(([name, value]) => {
      const todo = advice[name] ?? 'set your own'
      return `${stack.name}.${name} is the placeholder ${value}: ${todo} in ${file}`
    })
  const fails = [...refused, ...broken.map((text) => `${stack.name}: ${text}`), ...invented]
  return [...fails.map((text) => ({ subject, verdict: 'fails', text }) as const), ...checkOrigins(stack, all)]
}

function findFault(parameter: Parameter, value: string): string | undefined {
  const { Type, AllowedPattern, AllowedValues, MinValue, MaxValue, MaxLength } = parameter
  if (Type.startsWith('AWS::SSM::')) return undefined
  if (AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`).test(value))
    return `must match ${AllowedPattern}`
  if (AllowedValues && !AllowedValues.map(String).includes(value))
    return `must be one of ${AllowedValues.join(', ')}`
  if (Type === 'Number' && !Number.isFinite(Number(value || 'none'))) return 'must be a number'
  if (MinValue !== undefined && Number(value) < MinValue) return `must be at least ${MinValue}`
  if (MaxValue !== undefined && Number(value) > MaxValue) return `must be at most ${MaxValue}`
  if (MaxLength !== undefined && value.length > MaxLength) return `must have at most ${MaxLength} characters`
  return undefined
}

/** By default, CORS of the bucket allows no page. */
function checkOrigins({ name }: Stack, { CorsOrigins = '' }: Record<string, string>): Finding[] {
  if (!CorsOrigins.endsWith('.invalid')) return []
  const text = `${name}.CorsOrigins is not set: no page can upload, not even the gateway's own`
  return [{ subject, verdict: 'note', text }]
}

function checkZones(context: CheckContext): Finding[] {
  const zones = findParameter(context, 'Zones')
  if (!zones || zones.value === '3') return []
  const needy = context.stacks.filter(({ name }) => ['kafka-cluster', 'analytics'].includes(name))
  return needy.map(({ name }) => ({
    subject,
    verdict: 'fails',
    text: `${name} needs three zones, but ${zones.stack.name}.Zones is ${zones.value}`,
  }))
}

/** Without the other parameter, CloudFront could not read the objects of the URLs that gateways sign. */
function checkDistribution(context: CheckContext): Finding[] {
  if (!findParameter(context, 'CdnUrl')?.value) return []
  const found = findParameter(context, 'DistributionArn')
  if (!found || found.value) return []
  const text = `gateway.CdnUrl needs ${found.stack.name}.DistributionArn: set it in deploy/parameters/${context.deployment.env}.json`
  return [{ subject, verdict: 'fails', text }]
}
