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

t.test('the same contract, and one whose answer has more, break nothing', async (t) => {
  t.equal(await find(contract(), contract()), '')
  t.equal(
    await find(contract(), contract({ answer: { id: { type: 'string' }, at: { type: 'string' } } })),
    '',
  )
})

t.test('a field that must be sent now, or that is missing in the answer, breaks', async (t) => {
  t.match(await find(contract(), contract({ required: ['name'] })), 'name')
  t.match(await find(contract(), contract({ answer: {} })), 'id')
})

t.test('what is no contract is an error, not a verdict', async (t) => {
  await t.rejects(find(contract(), 'nothing'))
})
