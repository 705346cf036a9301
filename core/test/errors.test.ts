import t from 'tap'
import {
  DependencyUnavailable,
  LeaseLost,
  Problem,
  type ProblemCode,
  problems,
  Rejection,
  type RejectionReason,
  rejections,
} from '../errors.ts'

const codes = Object.keys(problems) as ProblemCode[]

t.test('every problem says what it is', async (t) => {
  for (const code of codes) {
    const { status, title, retryable } = problems[code]
    t.match(code, /^[A-Z]+(_[A-Z]+)*$/)
    t.ok(status >= 400 && status <= 599, `${code} has a status of failure`)
    t.match(title, /^[A-Z].{10,}\.$/, `${code} has a sentence`)
    t.match(new Problem(code), { name: 'Problem', code, status, title, retryable, message: title })
  }
  t.equal(new Set(codes.map((code) => problems[code].title)).size, codes.length, 'no two say the same')
})

t.test('a retry can help wherever the fault is on our side', async (t) => {
  for (const code of codes) {
    const { status, retryable } = problems[code]
    if (status >= 500 || status === 429) t.equal(retryable, true, code)
    if ([400, 401, 404, 413, 415].includes(status)) t.equal(retryable, false, code)
  }
})

t.test('what caused a problem is for the log alone', async (t) => {
  const cause = new Error('password=hunter2 at 10.0.0.1')
  const ours = codes.filter((code) => problems[code].status >= 500)
  t.ok(ours.length >= 2)
  for (const problem of [
    ...ours.map((code) => new Problem(code, { cause })),
    new DependencyUnavailable('catalog', cause),
  ]) {
    const { message, title, detail } = problem
    const shown = JSON.stringify([problem, { ...problem }, message, title, detail, String(problem)])
    t.notMatch(shown, /hunter2/)
    t.equal(problem.cause, cause, 'and there it is')
  }
})

t.test('a problem can be more exact than its title', async (t) => {
  const errors = [{ field: 'sha256', message: 'is required' }]
  const problem = new Problem('VALIDATION_FAILED', { detail: 'No hash.', errors, retryAfterSeconds: 3 })
  t.match(problem, { message: 'No hash.', detail: 'No hash.', errors, retryAfterSeconds: 3 })
  t.equal(problem.title, problems.VALIDATION_FAILED.title)
})

t.test('a dependency that is away', async (t) => {
  for (const dependency of ['bucket', 'catalog', 'events'] as const) {
    const problem = new DependencyUnavailable(dependency)
    t.ok(problem instanceof Problem)
    t.match(problem, { dependency, status: 503, code: 'DEPENDENCY_UNAVAILABLE', retryable: true })
    t.ok((problem.retryAfterSeconds ?? 0) > 0)
  }
})

t.test('every rejection tells the sender what is wrong', async (t) => {
  for (const reason of Object.keys(rejections) as RejectionReason[]) {
    t.match(reason, /^[a-z]+(_[a-z]+)*$/)
    t.match(rejections[reason], /^[A-Z].{20,}\.$/, reason)
    t.match(new Rejection(reason), { reason, message: rejections[reason] })
  }
  const cause = new Error('libvips says no')
  const rejection = new Rejection('image_corrupt', 'It ends at byte 7.', cause)
  t.match(rejection, { message: 'It ends at byte 7.', cause })
  t.notOk(rejection instanceof Problem, 'no answer to a call, and no retry')
  t.notOk('retryable' in rejection)
})

t.test('a lease that another worker holds', async (t) => {
  t.match(new LeaseLost('taken'), { name: 'LeaseLost', message: 'taken' })
})
