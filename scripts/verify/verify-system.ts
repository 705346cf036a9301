import { Minimal } from '@tapjs/core'
import { type Check, Skipped } from './check.ts'
import { expiryChecks } from './check-expiry.ts'
import { gatewayChecks } from './check-gateway.ts'
import { otherTenantChecks } from './check-other-tenant.ts'
import { refusalChecks } from './check-refusals.ts'
import { uploadChecks } from './check-upload.ts'
import { createTarget, type Target, type TargetOptions } from './target.ts'

export const checks = [
  ...gatewayChecks,
  ...refusalChecks,
  ...uploadChecks,
  ...otherTenantChecks,
  ...expiryChecks,
]

export interface Verification {
  isKept: boolean
  /** Promises whose check was skipped. */
  skipped: string[]
}

/**
 * Runs every check against a deployed system, from the outside, with a new photo.
 * @param output receives TAP, one line per promise
 * @returns whether no check failed; skipped checks do not count as failures, and the last line gives their number
 */
export async function verifySystem(
  options: TargetOptions,
  output: NodeJS.WritableStream,
): Promise<Verification> {
  const target = await createTarget(options)
  const tap = new Minimal({ name: 'verify', timeout: 0 })
  tap.pipe(output as NodeJS.WriteStream, { end: false })
  const skipped: string[] = []
  for (const check of checks) {
    const outcome = await tryCheck(tap, check, target)
    if (outcome === 'skipped') skipped.push(check.promise)
    if (outcome !== 'broken' || !check.isVital) continue
    tap.bailout(`The remaining checks depend on this one: ${check.promise}.`)
    return { isKept: false, skipped }
  }
  tap.end()
  output.write(
    `# ${skipped.length} of ${checks.length} promises were not checked${skipped.length > 0 ? ', see SKIP' : ''}\n`,
  )
  return { isKept: tap.passing(), skipped }
}

type Outcome = 'kept' | 'broken' | 'skipped'

async function tryCheck(tap: Minimal, { promise, diagnosis, run }: Check, target: Target): Promise<Outcome> {
  try {
    await run(target)
    tap.pass(promise, withoutTrace)
    return 'kept'
  } catch (error) {
    const { message } = error as Error
    if (error instanceof Skipped) {
      tap.pass(promise, { ...withoutTrace, skip: message })
      return 'skipped'
    }
    tap.fail(promise, { ...withoutTrace, found: message, diagnosis })
    return 'broken'
  }
}

/** The operator does not need a stack trace of this program. */
const withoutTrace = { at: null, stack: '' }
