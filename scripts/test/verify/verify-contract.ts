import type { Test } from 'tap'
import { checks } from '../../verify/verify-system.ts'
import { runVerify, runVerifyCommand, type VerifyOptions } from './run-verify.ts'

interface VerifyContract extends VerifyOptions {
  /** Name of the services that the system uses, for test names. */
  name: string
}

/** Contract: a correct system passes the verification on any services. */
export async function testVerify(t: Test, { name, ...options }: VerifyContract): Promise<void> {
  await t.test(`every promise is kept on ${name}`, async (t) => {
    const { isKept, skipped, lines } = await runVerify(options)
    t.ok(isKept)
    t.strictSame(
      lines.filter((line) => /^not ok|^Bail/.test(line)),
      [],
      lines.join('\n'),
    )
    t.equal(lines.filter((line) => line.startsWith('ok ')).length, checks.length)
    t.match(
      lines.filter((line) => line.includes('# SKIP')),
      [/the gateway was given as http/, /the store was given as http/],
      'the local system has no TLS; nothing else is skipped',
    )
    t.equal(lines.filter((line) => line.includes('# SKIP')).length, 2)
    t.equal(skipped.length, 2)
  })

  await t.test(`the command on ${name} reports skipped checks`, async (t) => {
    const { gateway, key } = options
    const args = ['--gateway', `${gateway}/`, '--key', key, '--expiry-wait-seconds', '1']
    const { code, stdout } = await runVerifyCommand(args)
    t.equal(code, 0, stdout)
    t.match(stdout, /^TAP version 14\n/)
    t.match(stdout, /^ok \d+ - another tenant cannot read the image # SKIP no --other-key was given$/m)
    t.match(
      stdout,
      /^ok \d+ - the bucket refuses: expired # SKIP URLs expire after \d+ s: run with --expiry/m,
    )
    t.match(stdout, new RegExp(`\\n# \\d+ of ${checks.length} promises were not checked, see SKIP\\n$`))
    t.match(stdout, new RegExp(`^1\\.\\.${checks.length}$`, 'm'))
  })
}
