import { execFile } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { TargetOptions } from '../../verify/target.ts'
import { verifySystem } from '../../verify/verify-system.ts'

const program = fileURLToPath(new URL('../../verify.ts', import.meta.url))

export type VerifyOptions = Pick<TargetOptions, 'gateway' | 'key' | 'otherKey'> & Partial<TargetOptions>

/** Runs the verification in this process, so that a test can replace its waits. @returns whether all checks passed, and the lines of TAP */
export async function runVerify(options: VerifyOptions) {
  const output = new PassThrough()
  const printed = text(output)
  const defaults = { timeoutSeconds: 90, expiryWaitSeconds: 0, sleep: async () => {} }
  const { isKept, skipped } = await verifySystem({ ...defaults, ...options }, output)
  output.end()
  return { isKept, skipped, lines: (await printed).split('\n') }
}

/** Runs the program of `npm run verify` without npm. */
export function runVerifyCommand(args: string[], directory?: string) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { cwd: directory }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
