import { join } from 'node:path'
import t from 'tap'
import { findWithOasdiff } from '../../../checks/contract/find-breaking-changes.ts'
import { installOasdiff } from '../../../checks/contract/install-oasdiff.ts'

const find = findWithOasdiff(await installOasdiff(join(import.meta.dirname, '../../../../.cache/contract')))

/** A contract with one call. */
function contract(changes: { required?: string[]; answer?: Record<string, object> } = {}): string {
  const { required = [], answer = { id: { type: 'string' } } } = changes
  const json = (schema: object) => ({ content: { 'application/json': { schema } } })
  const properties = { name: { type: 'string' } }
  const responses = {
    200: {
      description: 'It is.',
      ...json({ type: 'object', required: Object.keys(answer), properties: answer }),
    },
  }
  const post = {
    operationId: 'make',
    requestBody: json({ type: 'object', required, properties }),
    responses,
  }
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'one', version: '1.0.0' },
    paths: { '/things': { post } },
  })
}

t.test('an unchanged contract and an additional response field are compatible', async (t) => {
  t.equal(await find(contract(), contract()), '')
  t.equal(
    await find(contract(), contract({ answer: { id: { type: 'string' }, at: { type: 'string' } } })),
    '',
  )
})

t.test('a new required field and a removed response field are breaking changes', async (t) => {
  t.match(await find(contract(), contract({ required: ['name'] })), 'name')
  t.match(await find(contract(), contract({ answer: {} })), 'id')
})

t.test('an invalid contract is an error', async (t) => {
  await t.rejects(find(contract(), 'nothing'))
})
