import { text } from 'node:stream/consumers'
import { test } from 'tap'
import FailureReporter from '../../checks/report-failures.ts'

const failing = `TAP version 14
# Subtest: scripts/test/some.test.ts
    # Subtest: an upload
        not ok 1 - its status
          ---
          compare: ===
          stack: |
            Test.<anonymous> (scripts/test/some.test.ts:2:38)
          source: "t.equal(1, 2)"
          diff: |
            -2
            +1
          ...
        ok 2 - its id
        not ok 3 - its expiry # TODO not supported yet
        1..3
    not ok 1 - an upload # time=90ms
    1..1
not ok 1 - scripts/test/some.test.ts # time=95ms
  ---
  command: node
  exitCode: 1
  ...

# Subtest: scripts/test/other.test.ts
    ok 1 - fine
    1..1
ok 2 - scripts/test/other.test.ts # time=5ms

not ok 3 - timeout!
  ---
  expired: scripts/test/slow.test.ts
  ...

1..3
`

test('the failures follow the TAP output, each with its file, its test and its difference', async (t) => {
  const output = await report(failing)
  t.ok(output.startsWith(failing))
  t.equal(
    output.slice(failing.length),
    `
# Failures
# scripts/test/some.test.ts > an upload > its status
#   compare: ===
#   -2
#   +1
#   Test.<anonymous> (scripts/test/some.test.ts:2:38)
# timeout!
#   expired: scripts/test/slow.test.ts
`,
  )
})

test('a run without failures is printed unchanged', async (t) => {
  const passing = 'TAP version 14\nok 1 - fine\n1..1\n'
  t.equal(await report(passing), passing)
})

/** Writes the output in pieces that do not end at line breaks. */
function report(tap: string): Promise<string> {
  const reporter = new FailureReporter()
  for (const [piece] of tap.matchAll(/.{1,50}/gs)) reporter.write(piece)
  reporter.end()
  return text(reporter)
}
