import { paginateListResources } from '@aws-sdk/client-cloudcontrol'
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda'
import { paginateListWorkgroups } from '@aws-sdk/client-redshift-serverless'
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  paginateListServiceQuotas,
} from '@aws-sdk/client-service-quotas'
import type { Aws } from '../connect-aws.ts'
import { type CheckContext, findParameter, isNew } from './check-context.ts'
import { answered, type Finding, runCheck, type Verdict } from './finding.ts'

interface Quota {
  subject: string
  service: string
  code: string
}

/** Source of the codes: Service Quotas, `list-service-quotas`; they are the same in every region. */
const addresses: Quota = { subject: 'quota: Elastic IPs', service: 'ec2', code: 'L-0263D0A3' }
const networks: Quota = { subject: 'quota: VPCs', service: 'vpc', code: 'L-F678F1CE' }
const cores: Quota = { subject: 'quota: vCPUs', service: 'ec2', code: 'L-1216C47A' }

/** Lambda refuses a reservation that leaves fewer for other functions. Source: "Configuring reserved concurrency". */
const unreservedMinimum = 100

/** Checks that the account's quotas in this region have room for what new stacks create. */
export async function checkQuotas(context: CheckContext): Promise<Finding[]> {
  const findings = await Promise.all([
    runCheck(addresses.subject, () =>
      checkCount(context, addresses, 'AWS::EC2::EIP', countAddresses(context)),
    ),
    runCheck(networks.subject, () => checkCount(context, networks, 'AWS::EC2::VPC', countNetworks(context))),
    runCheck(cores.subject, () => checkCores(context)),
    runCheck('quota: Lambda', () => checkConcurrency(context)),
    runCheck('quota: Redshift', () => checkWarehouse(context)),
  ])
  return findings.flat()
}

function countNetworks(context: CheckContext): number {
  const zones = findParameter(context, 'Zones')
  return zones && isNew(context, zones.stack) ? 1 : 0
}

/** One address per NAT gateway. */
function countAddresses(context: CheckContext): number {
  const perZone = findParameter(context, 'NatPerZone')?.value === 'yes'
  return countNetworks(context) * (perZone ? Number(findParameter(context, 'Zones')?.value) : 1)
}

async function checkCount(
  { deployment: { aws } }: CheckContext,
  quota: Quota,
  TypeName: string,
  needed: number,
): Promise<Finding[]> {
  if (needed === 0) return []
  const limit = await readQuota(aws, quota)
  const used = await answered('cloudformation:ListResources', countResources(aws, TypeName))
  const left = limit - used
  const text = `${needed} needed, ${left} left of ${limit}`
  return [{ subject: quota.subject, ...(needed <= left ? { verdict: 'ok', text } : raise(text)) }]
}

/** Instances that already run are not counted: that would take a call for each. */
async function checkCores(context: CheckContext): Promise<Finding[]> {
  const perGateway = coresOf(context, 'InstanceType')
  const gateways = Number(findParameter(context, 'MinInstances')?.value ?? 0)
  const needed = gateways * perGateway + countBrokers(context) * coresOf(context, 'BrokerType')
  if (needed === 0) return []
  const limit = await readQuota(context.deployment.aws, cores)
  const { subject } = cores
  const text = `${needed} needed of ${limit}, besides the instances that run already`
  if (needed > limit) return [{ subject, ...raise(text) }]
  // A rolling update starts an instance before it stops one.
  if (needed + perGateway <= limit) return [{ subject, verdict: 'ok', text }]
  const more = 'updates and scaling out need more: request an increase in Service Quotas'
  return [{ subject, verdict: 'note', text: `${text}; ${more}` }]
}

const countBrokers = (context: CheckContext) => (findParameter(context, 'BrokerType') ? 3 : 0)

const coresBySize: Record<string, number> = { medium: 1, large: 2, xlarge: 4 }

/** Cores of a Graviton instance type, such as 8 of `m7g.2xlarge`; 0 if the stack exists. */
function coresOf(context: CheckContext, name: string): number {
  const parameter = findParameter(context, name)
  if (!parameter || !isNew(context, parameter.stack)) return 0
  const [, factor = '', size = ''] = /\.(\d*)(medium|large|xlarge)$/.exec(parameter.value) ?? []
  return Number(factor || 1) * (coresBySize[size] ?? 1)
}

async function checkConcurrency(context: CheckContext): Promise<Finding[]> {
  const reserving = context.stacks.filter(({ template }) => template.Parameters?.Concurrency)
  if (reserving.length === 0) return []
  const { AccountLimit = {} } = await answered(
    'lambda:GetAccountSettings',
    context.deployment.aws.lambda.send(new GetAccountSettingsCommand()),
  )
  const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: unreserved = limit } = AccountLimit
  const added = reserving.map(({ name, given, template }) => {
    const wanted = Number(given.Concurrency ?? template.Parameters?.Concurrency?.Default)
    return wanted - Number(context.found.get(name)?.parameters.Concurrency ?? 0)
  })
  const needed = added.reduce((sum, one) => sum + one, 0)
  const subject = 'quota: Lambda'
  if (needed > 0 && unreserved - needed < Math.min(unreservedMinimum, limit)) {
    const text = `${needed} to reserve, but ${unreserved} of ${limit} are unreserved and ${unreservedMinimum} must stay so`
    return [{ subject, ...raise(text) }]
  }
  if (limit < unreservedMinimum) {
    const text = `nothing is reserved; all functions share ${limit} concurrent executions: request an increase in Service Quotas`
    return [{ subject, verdict: 'note', text }]
  }
  return [
    {
      subject,
      verdict: 'ok',
      text: `${Math.max(needed, 0)} to reserve, ${unreserved} of ${limit} unreserved`,
    },
  ]
}

/** AWS documents no quota for processing units, but Service Quotas lists one for some accounts. */
async function checkWarehouse(context: CheckContext): Promise<Finding[]> {
  const base = findParameter(context, 'BaseCapacity')
  if (!base || !isNew(context, base.stack)) return []
  const { aws } = context.deployment
  const quotas = await answered('servicequotas:ListServiceQuotas', listWarehouseQuotas(aws))
  const limit = quotas.find(({ QuotaName = '' }) => /RPU|processing unit|capacity/i.test(QuotaName))?.Value
  const subject = 'quota: Redshift'
  if (limit === undefined)
    return [{ subject, verdict: 'unknown', text: 'Service Quotas lists none for processing units (RPUs)' }]
  const used = await answered('redshift-serverless:ListWorkgroups', sumCapacity(aws))
  const text = `${base.value} RPUs needed, ${limit - used} left of ${limit}`
  return [{ subject, ...(Number(base.value) <= limit - used ? { verdict: 'ok', text } : raise(text)) }]
}

async function listWarehouseQuotas({ serviceQuotas: client }: Aws) {
  const quotas = []
  for await (const page of paginateListServiceQuotas({ client }, { ServiceCode: 'redshift-serverless' }))
    quotas.push(...(page.Quotas ?? []))
  return quotas
}

async function sumCapacity({ redshiftServerless: client }: Aws): Promise<number> {
  let sum = 0
  for await (const { workgroups = [] } of paginateListWorkgroups({ client }, {}))
    for (const { baseCapacity = 0 } of workgroups) sum += baseCapacity
  return sum
}

async function countResources({ cloudControl: client }: Aws, TypeName: string): Promise<number> {
  let count = 0
  for await (const { ResourceDescriptions = [] } of paginateListResources({ client }, { TypeName }))
    count += ResourceDescriptions.length
  return count
}

/** The quota of this account or, if it has none of its own, AWS's default. */
async function readQuota({ serviceQuotas: client }: Aws, { service, code }: Quota): Promise<number> {
  const input = { ServiceCode: service, QuotaCode: code }
  const own = client.send(new GetServiceQuotaCommand(input)).catch((error: Error) => {
    if (error instanceof NoSuchResourceException)
      return client.send(new GetAWSDefaultServiceQuotaCommand(input))
    throw error
  })
  const { Quota } = await answered('servicequotas:GetServiceQuota', own)
  return Quota?.Value ?? 0
}

function raise(text: string): { verdict: Verdict; text: string } {
  return { verdict: 'fails', text: `${text}: request an increase in Service Quotas` }
}
