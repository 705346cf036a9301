import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { Problem, toProblemDetails } from '../../http/problems.ts'
import { toProblem } from '../../http/to-problem.ts'

t.test('a response never shows the cause', async (t) => {
  const cause = new Error('password=hunter2 at 10.0.0.1')
  for (const error of [
    cause,
    new DependencyUnavailable('catalog', cause),
    new Problem('OVERLOADED', { cause }),
  ]) {
    const problem = toProblem(error)
    t.ok(problem.status >= 500)
    t.notMatch(JSON.stringify([toProblemDetails(problem), String(problem)]), /hunter2/)
  }
})

t.test('an unavailable dependency is a 503 with Retry-After', async (t) => {
  const error = new DependencyUnavailable('bucket')
  const problem = toProblem(error)
  t.match(problem, { status: 503, code: 'DEPENDENCY_UNAVAILABLE', retryAfterSeconds: 2, cause: error })
})

t.test("Fastify's errors become documented problems", async (t) => {
  const codeOf = (code: string, statusCode: number) =>
    toProblem(Object.assign(new Error(), { code, statusCode })).code
  t.equal(codeOf('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'BODY_TOO_LARGE')
  t.equal(codeOf('FST_ERR_CTP_INVALID_JSON_BODY', 400), 'BODY_NOT_JSON')
  t.equal(codeOf('FST_ERR_SOMETHING_ELSE', 400), 'BAD_REQUEST')
  t.equal(codeOf('FST_ERR_SOMETHING_ELSE', 500), 'INTERNAL_ERROR')
})

t.test('validation errors name the field and what is wrong with it', async (t) => {
  const validation = [
    { keyword: 'required', instancePath: '', schemaPath: '', params: { missingProperty: 'sha256' } },
    {
      keyword: 'additionalProperties',
      instancePath: '/uploads/3',
      schemaPath: '',
      params: { additionalProperty: 'x' },
    },
    { keyword: 'enum', instancePath: '/contentType', schemaPath: '', params: { allowedValues: ['a', 'b'] } },
    { keyword: 'minimum', instancePath: '/byteLength', schemaPath: '', params: {}, message: 'must be >= 1' },
  ]
  t.strictSame(toProblem(Object.assign(new Error(), { validation })).errors, [
    { field: 'sha256', message: 'is required' },
    { field: 'uploads.3.x', message: 'is not a field of this request' },
    { field: 'contentType', message: 'must be one of a, b' },
    { field: 'byteLength', message: 'must be >= 1' },
  ])
})
