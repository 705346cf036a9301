/** The keywords of JSON Schema that settings use, and one of our own. */
export interface Requirement {
  type?: string
  enum?: readonly unknown[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  /** Completes `NAME must be …` for a setting with a pattern, so that the message does not show a regular expression. */
  mustBe?: string
}

/** Describes the permitted values: `must be an integer from 1 to 365`. */
export function describeRequirement(requirement: Requirement): string {
  const { type, enum: values, mustBe, minLength, maxLength } = requirement
  if (mustBe) return `must be ${mustBe}`
  if (values) return `must be one of ${values.join(', ')}`
  if (type === 'boolean') return 'must be true or false'
  if (type === 'integer') return `must be an integer${describeRange(requirement)}`
  if (maxLength !== undefined) return `must have ${minLength ?? 0} to ${maxLength} characters`
  if (minLength === 1) return 'must not be empty'
  if (minLength !== undefined) return `must have at least ${minLength} characters`
  return `must be of type ${type}`
}

function describeRange({ minimum, maximum }: Requirement): string {
  if (minimum === undefined) return ''
  return maximum === undefined ? ` of at least ${minimum}` : ` from ${minimum} to ${maximum}`
}
