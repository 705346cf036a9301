import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { connectAws } from '../../deploy/connect-aws.ts'
import { createAccountDouble } from './account-double.ts'

export interface DoubleEvent {
  id?: string
  status: string
  logicalId?: string
  type?: string
  reason?: string
}

/** What one look at a stack tells, and what has happened to it since the look before. */
export interface Look {
  status: string
  reason?: string
  events?: DoubleEvent[]
}

export interface DoubleStack {
  status: string
  events: DoubleEvent[]
  /** What comes after a command, look by look; the last one stays. */
  looks: Look[]
  body?: string
  parameters?: Record<string, string>
  isProtected?: boolean
}

export interface DoubleChange {
  action: string
  id: string
  replacement?: string
  property?: string
  /** Values before and after a change outside CloudFormation, or that the resource is gone. Only a drift-aware change set shows it. */
  drift?: { previous: string; actual: string } | 'deleted'
}

/** What a change set for a stack turns out to be. */
export interface Outcome {
  changes?: DoubleChange[]
  /** Why there is none. */
  refusal?: string
  /** What CloudFormation's validation found, one reason per resource. */
  invalid?: Record<string, string>
  /** What happens when it is executed. */
  looks?: Look[]
  /** What happens when the stack is deleted, attempt by attempt; the last one stays. */
  deletions?: Look[][]
}

/** CloudFormation's answer to a change set without changes. */
export const emptyRefusal =
  "The submitted information didn't contain changes. Submit different information to create a change set."

/** CloudFormation's answer to a change set that its validation refuses; `DescribeEvents` has the reasons. */
export const validationRefusal =
  'The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck].'

type Form = Record<string, string>
type Handler = (form: Form) => string

/**
 * As much of CloudFormation, Cloud Control, SSM, STS, S3 and Redshift's Data API as a deployment asks, over HTTP, telling what a test says.
 * What moto does not know: time, failures, empty change sets, and the states of an interrupted run.
 */
export async function startAwsDouble(t: Test) {
  const stacks = new Map<string, DoubleStack>()
  /** Stacks whose latest change set compares with the actual resources. */
  const driftAware = new Set<string>()
  const outcomes = new Map<string, Outcome>()
  const parameters = new Map<string, string>()
  const requests: { action: string; form: Form }[] = []
  const refusals: { action: string; status: number; code: string; message: string }[] = []
  /** Actions that the caller has no permission for. */
  const denied = new Set<string>()
  const sqlFailures = new Map<RegExp, string>()
  const sqlAnswers: { pattern: RegExp; rows: string[][] }[] = []
  const sql: string[] = []
  const roles = new Map<string, string>()
  /** Names, ARNs or URLs of what stands without a stack; with properties, if they matter. */
  const standing = new Map<string, object>()
  /** Keys of objects that exist, in whatever bucket. */
  const objects = new Set<string>()
  const account = createAccountDouble(refuse)
  let callerArn = 'arn:aws:iam::111122223333:user/ada'
  const calledAs = (arn: string) => {
    callerArn = arn
  }

  const nameOf = (stackOrId = '') => stackOrId.split('/')[1] ?? stackOrId
  const idOf = (name: string) => `arn:aws:cloudformation:eu-west-1:1:stack/${nameOf(name)}/1`
  const changeSetOf = (name: string) => `arn:aws:cloudformation:eu-west-1:1:changeSet/${name}/1`

  function begin(name: string, looks: Look[]): void {
    const stack = stacks.get(name) ?? { status: '', events: [], looks: [] }
    stacks.set(name, { ...stack, looks: [...looks] })
  }

  const actions: Record<string, Handler> = {
    DescribeStacks: ({ StackName }) => {
      const name = nameOf(StackName)
      const stack = stacks.get(name)
      if (!stack || (stack.status === 'DELETE_COMPLETE' && StackName === name)) {
        throw refuse(400, 'ValidationError', `Stack with id ${StackName} does not exist`)
      }
      const look = stack.looks.shift()
      if (look) {
        stack.status = look.status
        stack.events.push(...(look.events ?? []))
      }
      const reason = look?.reason && tag('StackStatusReason', look.reason)
      const given = Object.entries(stack.parameters ?? {}).map(([name, value]) =>
        tag('member', tag('ParameterKey', name) + tag('ParameterValue', value)),
      )
      const inner = tag('StackId', idOf(name)) + tag('StackName', name) + tag('StackStatus', stack.status)
      const protection = tag('EnableTerminationProtection', String(stack.isProtected ?? false))
      return tag(
        'Stacks',
        tag('member', inner + protection + (reason ?? '') + tag('Parameters', given.join(''))),
      )
    },
    DescribeStackEvents: ({ StackName }) => {
      const name = nameOf(StackName)
      const events = stacks.get(name)?.events ?? []
      const members = events.map((event, index) => tag('member', describe(event, index, idOf(name))))
      return tag('StackEvents', members.reverse().join(''))
    },
    CreateChangeSet: ({ StackName = '', ChangeSetType, DeploymentMode }) => {
      if (DeploymentMode && ChangeSetType !== 'UPDATE')
        throw refuse(400, 'ValidationError', 'REVERT_DRIFT is not supported for a stack that is created')
      if (DeploymentMode) driftAware.add(StackName)
      else driftAware.delete(StackName)
      if (ChangeSetType === 'CREATE')
        stacks.set(StackName, { status: 'REVIEW_IN_PROGRESS', events: [], looks: [] })
      return tag('Id', changeSetOf(StackName)) + tag('StackId', idOf(StackName))
    },
    DescribeChangeSet: ({ ChangeSetName }) => {
      const name = nameOf(ChangeSetName)
      const { changes: all = [], refusal, invalid } = outcomes.get(name) ?? {}
      const changes = driftAware.has(name) ? all : all.filter(({ drift }) => !drift)
      if (invalid) return tag('Status', 'FAILED') + tag('StatusReason', validationRefusal)
      const empty = all.length > 0 && changes.length === 0 ? emptyRefusal : undefined
      if (refusal ?? empty) return tag('Status', 'FAILED') + tag('StatusReason', refusal ?? empty ?? '')
      return tag('Status', 'CREATE_COMPLETE') + tag('Changes', changes.map(describeChange).join(''))
    },
    DeleteChangeSet: () => '',
    DescribeEvents: ({ ChangeSetName }) => {
      const { invalid = {} } = outcomes.get(nameOf(ChangeSetName)) ?? {}
      const events = Object.entries(invalid).map(([id, reason]) =>
        tag(
          'member',
          tag('EventType', 'VALIDATION_ERROR') +
            tag('LogicalResourceId', id) +
            tag('ResourceType', 'AWS::Some::Thing') +
            tag('ValidationStatusReason', reason),
        ),
      )
      return tag('OperationEvents', events.join(''))
    },
    ExecuteChangeSet: ({ ChangeSetName }) => {
      const name = nameOf(ChangeSetName)
      begin(
        name,
        outcomes.get(name)?.looks ?? [{ status: 'UPDATE_COMPLETE', events: [ofStack('UPDATE_COMPLETE')] }],
      )
      return ''
    },
    UpdateTerminationProtection: ({ StackName, EnableTerminationProtection }) => {
      const stack = stacks.get(nameOf(StackName))
      if (stack) stack.isProtected = EnableTerminationProtection === 'true'
      return ''
    },
    DeleteStack: ({ StackName }) => {
      const name = nameOf(StackName)
      if (stacks.get(name)?.isProtected)
        throw refuse(
          400,
          'ValidationError',
          `Stack [${name}] cannot be deleted while TerminationProtection is enabled`,
        )
      const gone = { status: 'DELETE_COMPLETE', events: [ofStack('DELETE_COMPLETE')] }
      const [next = [gone], ...rest] = outcomes.get(name)?.deletions ?? []
      if (rest.length > 0) outcomes.set(name, { ...outcomes.get(name), deletions: rest })
      begin(name, next)
      return ''
    },
    ListStackResources: ({ StackName }) =>
      tag(
        'StackResourceSummaries',
        ['Bucket', 'Topic']
          .map((id) => tag('LogicalResourceId', id) + tag('PhysicalResourceId', `${nameOf(StackName)}-${id}`))
          .map((inner) => tag('member', inner + tag('ResourceType', 'AWS::Some::Thing')))
          .join(''),
      ),
    GetTemplate: ({ StackName }) =>
      tag('TemplateBody', escapeXml(stacks.get(nameOf(StackName))?.body ?? 'Resources: {}')),
    GetCallerIdentity: () => tag('Account', '111122223333') + tag('Arn', callerArn),
    GetRole: ({ RoleName = '' }) => {
      const arn = roles.get(RoleName)
      if (!arn) throw refuse(404, 'NoSuchEntity', `There is no role ${RoleName}`)
      return tag('Role', tag('Arn', arn))
    },
  }

  function lookUp(name: unknown, answer: object): object {
    if (standing.has(String(name))) return answer
    throw refuse(400, 'ResourceNotFoundException', `There is no ${name}`)
  }

  const targets: Record<string, (body: Record<string, unknown>) => object> = {
    'AmazonSSM.GetParameters': ({ Names }) => ({
      Parameters: (Names as string[])
        .filter((Name) => parameters.has(Name))
        .map((Name) => ({ Name, Value: parameters.get(Name) })),
    }),
    ...account.targets,
    'CloudApiService.GetResource': ({ TypeName, Identifier }) => {
      const Properties = JSON.stringify(standing.get(String(Identifier)) ?? {})
      return lookUp(Identifier, { TypeName, ResourceDescription: { Identifier, Properties } })
    },
    'secretsmanager.DescribeSecret': ({ SecretId }) => lookUp(SecretId, {}),
    'RedshiftServerless.GetNamespace': () => ({ namespace: { adminPasswordSecretArn: 'arn:of:secret' } }),
    'RedshiftData.ExecuteStatement': (body) => {
      sql.push(String(body.Sql))
      return { Id: String(sql.length - 1) }
    },
    'RedshiftData.BatchExecuteStatement': ({ Sqls }) => {
      sql.push((Sqls as string[]).join('; '))
      return { Id: String(sql.length - 1) }
    },
    'RedshiftData.GetStatementResult': ({ Id }) => ({
      Records: takeRows(sql[Number(Id)] ?? '').map((row) => row.map((stringValue) => ({ stringValue }))),
    }),
    'RedshiftData.DescribeStatement': ({ Id }) => {
      const text = sql[Number(Id)] ?? ''
      const failure = [...sqlFailures].find(([pattern]) => pattern.test(text))
      return failure ? { Id, Status: 'FAILED', Error: failure[1] } : { Id, Status: 'FINISHED' }
    },
  }

  /** Each answer once, but the last one for a pattern stays. */
  function takeRows(text: string): string[][] {
    const fitting = sqlAnswers.filter(({ pattern }) => pattern.test(text))
    const [first] = fitting
    if (first && fitting.length > 1) sqlAnswers.splice(sqlAnswers.indexOf(first), 1)
    return first?.rows ?? []
  }

  function answerS3(method: string, path: string): { status: number; type: string; body: string } {
    const key = path.replace(/^\/[^/]+\/|\?.*$/g, '')
    if (method === 'PUT') objects.add(key)
    return { status: objects.has(key) ? 200 : 404, type: 'application/xml', body: '' }
  }

  /** The name of the operation: in a header, in the form, or in the path and the method. */
  function nameAction({ method = '', url = '', headers }: IncomingMessage, form: Form): string {
    const target = headers['x-amz-target']
    if (target) return String(target).split('.')[1] ?? ''
    if (url.startsWith('/2016-08-19/account-settings')) return 'GetAccountSettings'
    return form.Action ?? (method === 'HEAD' ? 'HeadObject' : 'PutObject')
  }

  async function answer(incoming: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    const body = await text(incoming)
    const target = String(incoming.headers['x-amz-target'] ?? '')
    const form: Form = target ? {} : Object.fromEntries(new URLSearchParams(body))
    const action = nameAction(incoming, form)
    requests.push({ action, form })
    const planned = refusals.findIndex((refusal) => refusal.action === action)
    try {
      const [refusal] = planned >= 0 ? refusals.splice(planned, 1) : []
      if (refusal) throw refuse(refusal.status, refusal.code, refusal.message)
      if (denied.has(action))
        throw refuse(403, 'AccessDeniedException', `not authorized to perform ${action}`)
      if (target) {
        const result = targets[target]?.(JSON.parse(body)) ?? {}
        return { status: 200, type: 'application/x-amz-json-1.1', body: JSON.stringify(result) }
      }
      if (action === 'GetAccountSettings') {
        return { status: 200, type: 'application/json', body: JSON.stringify(account.lambdaSettings()) }
      }
      if (!form.Action) return answerS3(incoming.method ?? '', incoming.url ?? '')
      const result = tag(`${action}Result`, actions[action]?.(form) ?? '')
      return { status: 200, type: 'text/xml', body: tag(`${action}Response`, result) }
    } catch (error) {
      const { status, code, message } = error as ReturnType<typeof refuse>
      if (target || action === 'GetAccountSettings') {
        const body = JSON.stringify({ __type: code, message })
        return { status: status ?? 500, type: 'application/x-amz-json-1.1', body }
      }
      const inner = tag('Type', 'Sender') + tag('Code', code) + tag('Message', escapeXml(message))
      return { status: status ?? 500, type: 'text/xml', body: tag('ErrorResponse', tag('Error', inner)) }
    }
  }

  const server = createServer(async (incoming, response) => {
    const { status, type, body } = await answer(incoming)
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }
  const aws = connectAws({ endpoint, region: 'eu-west-1', credentials })
  t.teardown(() => {
    aws.close()
    server.closeAllConnections()
    server.close()
  })
  const actionsAsked = () => requests.map(({ action }) => action)
  return {
    aws,
    endpoint,
    stacks,
    outcomes,
    parameters,
    requests,
    refusals,
    denied,
    sqlFailures,
    sqlAnswers,
    sql,
    roles,
    standing,
    objects,
    account,
    calledAs,
    actionsAsked,
  }
}

export type AwsDouble = Awaited<ReturnType<typeof startAwsDouble>>

export function ofStack(status: string, reason = 'User Initiated'): DoubleEvent {
  return { status, reason, type: 'AWS::CloudFormation::Stack' }
}

function refuse(status: number, code: string, message: string) {
  return Object.assign(new Error(message), { status, code })
}

function describe(event: DoubleEvent, index: number, stackId: string): string {
  const { status, logicalId = 'Stack', type = 'AWS::Some::Thing', reason = '' } = event
  const isStack = type === 'AWS::CloudFormation::Stack'
  return (
    tag('StackId', stackId) +
    tag('EventId', event.id ?? String(index)) +
    tag('LogicalResourceId', logicalId) +
    tag('PhysicalResourceId', isStack ? stackId : logicalId) +
    tag('ResourceType', type) +
    tag('ResourceStatus', status) +
    tag('ResourceStatusReason', escapeXml(reason)) +
    tag('Timestamp', '2026-11-24T00:00:00Z')
  )
}

function describeChange({ action, id, replacement, property, drift }: DoubleChange): string {
  const values =
    typeof drift === 'object'
      ? tag('Drift', tag('PreviousValue', drift.previous) + tag('ActualValue', drift.actual))
      : ''
  const target = property ? tag('Details', tag('member', tag('Target', tag('Name', property) + values))) : ''
  const status = drift ? tag('ResourceDriftStatus', drift === 'deleted' ? 'DELETED' : 'MODIFIED') : ''
  const inner =
    tag('Action', action) +
    tag('LogicalResourceId', id) +
    tag('ResourceType', 'AWS::Some::Thing') +
    (replacement ? tag('Replacement', replacement) : '') +
    status +
    target
  return tag('member', tag('Type', 'Resource') + tag('ResourceChange', inner))
}

const tag = (name: string, inner: string): string => `<${name}>${inner}</${name}>`

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
