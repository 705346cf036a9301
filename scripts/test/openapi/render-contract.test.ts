import { readFile } from 'node:fs/promises'
import t from 'tap'
import { problems } from '../../../gateway/http/problems.ts'
import { renderClientTypes } from '../../openapi/render-client-types.ts'
import { renderContract } from '../../openapi/render-contract.ts'

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  responses: Record<string, { content?: Record<string, unknown> }>
}

const rendered = await renderContract()
const document = JSON.parse(rendered)
const operations = Object.values<Record<string, Operation>>(document.paths).flatMap((path) =>
  Object.values(path),
)

t.test('the committed contract matches the gateway', async (t) => {
  const committed = await readFile(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8')
  t.equal(committed, rendered, 'run "npm run openapi" and commit the result')
})

t.test('the types of the client match the contract', async (t) => {
  const committed = await readFile(
    new URL('../../../openapi/packages/client/src/contract.ts', import.meta.url),
    'utf8',
  )
  t.equal(committed, await renderClientTypes(rendered), 'run "npm run openapi" and commit the result')
})

t.test('every operation id is a usable method name', async (t) => {
  t.equal(document.openapi, '3.1.0')
  t.strictSame(operations.map(({ operationId }) => operationId).sort(), [
    'completeUpload',
    'createUpload',
    'createUploadBatch',
    'createWebhook',
    'deleteWebhook',
    'getHealth',
    'getImage',
    'getReadiness',
    'getWebhook',
    'listImages',
    'listWebhookDeliveries',
    'listWebhooks',
    'redeliverWebhook',
    'replayWebhook',
    'rotateWebhookSecret',
    'streamEvents',
    'testWebhook',
    'updateWebhook',
  ])
  for (const { operationId, summary, tags } of operations) t.ok(summary && tags.length, operationId)
})

t.test('every error is a documented problem and every code is listed', async (t) => {
  for (const { operationId, responses } of operations) {
    const errors = Object.entries(responses).filter(([status]) => Number(status) >= 400)
    t.ok(errors.length > 0, operationId)
    for (const [status, { content = {} }] of errors) {
      const readiness = operationId === 'getReadiness' && status === '503'
      t.strictSame(Object.keys(content), [readiness ? 'application/json' : 'application/problem+json'])
    }
  }
  const { properties } = document.components.schemas.ProblemDetails
  t.strictSame(properties.code['x-extensible-enum'], Object.keys(problems))
})

t.test('every component has a distinct name', async (t) => {
  for (const name of Object.keys(document.components.schemas)) t.match(name, /^[A-Z][A-Za-z]+$/)
  const references = rendered.match(/#\/components\/schemas\/[^"]+/g) ?? []
  for (const reference of new Set(references)) {
    t.ok(document.components.schemas[reference.split('/').at(-1) ?? ''], reference)
  }
})
