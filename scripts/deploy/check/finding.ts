/** `fails`: the deployment would fail. `note`: it succeeds, but something remains to be done. `unknown`: it could not be checked. */
export type Verdict = 'ok' | 'note' | 'unknown' | 'fails'

/** One line of the check. */
export interface Finding {
  /** What was checked. */
  subject: string
  verdict: Verdict
  /** What was found and, unless it is ok, what to do. */
  text: string
}

/** A question that AWS did not answer. */
class Unanswered extends Error {}

const denials = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Forbidden']

/**
 * Awaits an answer of AWS.
 * @param permission the action that it needs, such as `acm:DescribeCertificate`
 * @throws Unanswered, which `runCheck` reports
 */
export async function answered<T>(permission: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    const isDenied = denials.includes(error.name) || error.$metadata?.httpStatusCode === 403
    throw new Unanswered(isDenied ? `needs ${permission}` : `${permission} failed: ${error.message}`)
  })
}

/** Runs a check. A question that AWS did not answer becomes a finding, so that the other checks still count. */
export async function runCheck(subject: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof Unanswered) return [{ subject, verdict: 'unknown', text: error.message }]
    throw error
  }
}
