import { Minimal } from '@tapjs/core'
import { type Check, Skipped } from './check.ts'
import { expiryChecks } from './check-expiry.ts'
import { gatewayChecks } from './check-gateway.ts'
import { otherTenantChecks } from './check-other-tenant.ts'
import { refusalChecks } from './check-refusals.ts'
import { uploadChecks } from './check-upload.ts'
import { describeTarget, type Target, type TargetOptions } from './target.ts'

export const checks = [
  ...gatewayChecks,
  ...refusalChecks,
  ...uploadChecks,
  ...otherTenantChecks,
  ...expiryChecks,
]

/**
 * Tries every promise of a deployed system, from the outside, with a photo that it has never seen.
 * @param output is given TAP, a line for each promise
 * @returns whether all are kept; skipped ones count as kept, and say why they were skipped
 */
export async function verifySystem(options: TargetOptions, output: NodeJS.WritableStream): Promise<boolean> {
  const target = await describeTarget(options)
  const tap = new Minimal({ name: 'verify', timeout: 0 })
  tap.pipe(output as NodeJS.WriteStream, { end: false })
  for (const check of checks) {
    if (await tryCheck(tap, check, target)) continue
    if (!check.isVital) continue
    tap.bailout(`Without this, nothing that follows means anything: ${check.promise}.`)
    return false
  }
  tap.end()
  return tap.passing()
}

/** @returns false when the promise is broken */
async function tryCheck(tap: Minimal, { promise, diagnosis, run }: Check, target: Target): Promise<boolean> {
  try {
    await run(target)
    return tap.pass(promise, withoutTrace)
  } catch (error) {
    const { message } = error as Error
    if (error instanceof Skipped) return tap.pass(promise, { ...withoutTrace, skip: message })
    return tap.fail(promise, { ...withoutTrace, found: message, diagnosis })
  }
}

/** Who verifies a system does not look for the fault in this program. */
const withoutTrace = { at: null, stack: '' }
