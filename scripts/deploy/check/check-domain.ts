import { resolveCname } from 'node:dns/promises'
import { GetResourceCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudcontrol'
import { readOutputs } from '../read-outputs.ts'
import { type CheckContext, findParameter } from './check-context.ts'
import { answered, type Finding, type Verdict } from './finding.ts'
import { isPlaceholder } from './placeholders.ts'

const subject = 'domain'

type ResolveCname = (host: string) => Promise<string[]>

/** Checks the hosted zone of the domain or, without one, that the domain leads to the load balancer. */
export async function checkDomain(
  context: CheckContext,
  resolve: ResolveCname = resolveCname,
): Promise<Finding[]> {
  const { account } = context.deployment.caller
  const host = findParameter(context, 'DomainName')?.value
  const zone = findParameter(context, 'HostedZoneId')?.value
  if (!host || isPlaceholder(host, account)) return []
  const [verdict, text] = zone
    ? await checkZone(context, host, zone)
    : await checkRecord(context, host, resolve)
  return [{ subject, verdict, text }]
}

interface Zone {
  Name?: string
  VPCs?: unknown[]
}

async function checkZone({ deployment }: CheckContext, host: string, id: string): Promise<[Verdict, string]> {
  const get = new GetResourceCommand({ TypeName: 'AWS::Route53::HostedZone', Identifier: id })
  const asked = deployment.aws.cloudControl.send(get).catch((error: Error) => {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  })
  const found = await answered('route53:GetHostedZone and cloudformation:GetResource', asked)
  if (!found) return ['fails', `the hosted zone ${id} does not exist`]
  const { Name = '', VPCs = [] }: Zone = JSON.parse(found.ResourceDescription?.Properties ?? '{}')
  const name = Name.replace(/\.$/, '')
  if (host !== name && !host.endsWith(`.${name}`))
    return ['fails', `${host} is not in the hosted zone ${id}, which is ${name}`]
  if (VPCs.length > 0) return ['fails', `the hosted zone ${id} is private: ACM and clients cannot resolve it`]
  return ['ok', `the stack creates the record of ${host} in the hosted zone ${name}`]
}

async function checkRecord(
  { deployment }: CheckContext,
  host: string,
  resolve: ResolveCname,
): Promise<[Verdict, string]> {
  const path = `/hashgate/${deployment.env}/edge/dns-name`
  const written = await answered('ssm:GetParameters', readOutputs(deployment.aws.ssm, [path]))
  const balancer = written.get(path)
  if (!balancer) return ['note', `create a CNAME of ${host} when edge is deployed; the last line names it`]
  const targets = await resolve(host).catch(() => [])
  const isThere = targets.some((target) => target.toLowerCase() === balancer.toLowerCase())
  if (isThere) return ['ok', `${host} is a CNAME of the load balancer`]
  // An alias record has no CNAME that could be compared.
  const now = targets.length > 0 ? `is a CNAME of ${targets.join(', ')}` : 'has no CNAME'
  return ['note', `${host} ${now}: unless it is an alias, make it a CNAME of ${balancer}`]
}
