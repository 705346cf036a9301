import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { listenLocally } from '../../../testkit/listen-locally.ts'

/** Access key of the role that STS lets the report assume. */
export const assumedAccessKeyId = 'assumed'

/**
 * Serves `Publish` of SNS and `AssumeRole` of STS, which share AWS's query protocol. It records messages, refuses the next `failures.left`
 * of them, leaves the next `hanging.left` requests unanswered, and permits only one role.
 */
export async function startQueryDouble(t: Test, roleArn: string) {
  const messages: { TopicArn: string | null; Subject: string; Message: string }[] = []
  const failures = { left: 0 }
  const hanging = { left: 0 }

  function answer(form: URLSearchParams): string | undefined {
    if (form.get('Action') === 'AssumeRole')
      return form.get('RoleArn') === roleArn ? describeRole() : undefined
    if (failures.left > 0) {
      failures.left -= 1
      return undefined
    }
    const [TopicArn, Subject = '', Message = ''] = ['TopicArn', 'Subject', 'Message'].map(
      (name) => form.get(name) ?? '',
    )
    messages.push({ TopicArn: TopicArn ?? null, Subject, Message })
    const id = `<MessageId>message-${messages.length}</MessageId>`
    return `<PublishResponse><PublishResult>${id}</PublishResult></PublishResponse>`
  }

  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    if (hanging.left > 0) {
      hanging.left -= 1
      return
    }
    const body = answer(form)
    const error = '<Type>Sender</Type><Code>AuthorizationError</Code><Message>not authorized</Message>'
    response.writeHead(body ? 200 : 403, { 'content-type': 'text/xml' })
    response.end(body ?? `<ErrorResponse><Error>${error}</Error><RequestId>1</RequestId></ErrorResponse>`)
  })
  return {
    endpoint: await listenLocally(t, server),
    messages,
    failures,
    hanging,
  }
}

function describeRole(): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString()
  const credentials = `<AccessKeyId>${assumedAccessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${expiration}</Expiration>`
  const result = `<AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult>`
  return `<AssumeRoleResponse>${result}</AssumeRoleResponse>`
}
