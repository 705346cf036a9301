import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { connectAws } from '../../../deploy/connect-aws.ts'
import { createAccountDouble } from './account-double.ts'
import { createCloudFormationDouble, type Form, type QueryAction } from './cloudformation-double.ts'
import { createRedshiftDouble } from './redshift-double.ts'
import { refuse } from './refuse.ts'
import { escapeXml, xmlTag } from './xml-tag.ts'

/**
 * Starts an HTTP double of the AWS services that a deployment calls, with answers set up by the test: CloudFormation, Cloud Control, SSM,
 * STS, S3 and Redshift's Data API. Unlike moto, it has slow stacks, failures, empty change sets and the states of an interrupted run.
 */
export async function startAwsDouble(t: Test) {
  const cloudFormation = createCloudFormationDouble()
  const redshift = createRedshiftDouble()
  const account = createAccountDouble()
  const parameters = new Map<string, string>()
  const requests: { action: string; form: Form }[] = []
  const refusals: { action: string; status: number; code: string; message: string }[] = []
  /** Actions for which the caller has no permission. */
  const denied = new Set<string>()
  const roles = new Map<string, string>()
  /** Names, ARNs or URLs of resources that exist without a stack; with properties, if they matter. */
  const standing = new Map<string, object>()
  /** Keys of existing objects, in any bucket. */
  const objects = new Set<string>()
  let callerArn = 'arn:aws:iam::111122223333:user/ada'
  const calledAs = (arn: string) => {
    callerArn = arn
  }

  const actions: Record<string, QueryAction> = {
    ...cloudFormation.actions,
    GetCallerIdentity: () => xmlTag('Account', '111122223333') + xmlTag('Arn', callerArn),
    GetRole: ({ RoleName = '' }) => {
      const arn = roles.get(RoleName)
      if (!arn) throw refuse(404, 'NoSuchEntity', `There is no role ${RoleName}`)
      return xmlTag('Role', xmlTag('Arn', arn))
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
    ...redshift.targets,
    'CloudApiService.GetResource': ({ TypeName, Identifier }) => {
      const Properties = JSON.stringify(standing.get(String(Identifier)) ?? {})
      return lookUp(Identifier, { TypeName, ResourceDescription: { Identifier, Properties } })
    },
    'secretsmanager.DescribeSecret': ({ SecretId }) => lookUp(SecretId, {}),
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
      const result = xmlTag(`${action}Result`, actions[action]?.(form) ?? '')
      return { status: 200, type: 'text/xml', body: xmlTag(`${action}Response`, result) }
    } catch (error) {
      const { status, code, message } = error as ReturnType<typeof refuse>
      if (target || action === 'GetAccountSettings') {
        const body = JSON.stringify({ __type: code, message })
        return { status: status ?? 500, type: 'application/x-amz-json-1.1', body }
      }
      const inner = xmlTag('Type', 'Sender') + xmlTag('Code', code) + xmlTag('Message', escapeXml(message))
      return {
        status: status ?? 500,
        type: 'text/xml',
        body: xmlTag('ErrorResponse', xmlTag('Error', inner)),
      }
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
    stacks: cloudFormation.stacks,
    outcomes: cloudFormation.outcomes,
    parameters,
    requests,
    refusals,
    denied,
    sqlFailures: redshift.sqlFailures,
    sqlAnswers: redshift.sqlAnswers,
    sql: redshift.sql,
    roles,
    standing,
    objects,
    account,
    calledAs,
    actionsAsked,
  }
}
