import { Type } from 'typebox'

/** One of these texts. The type is said, too, for generators that do not guess it from the values. */
export function stringEnum<T extends string>(values: readonly T[], options: object = {}) {
  return Type.Unsafe<T>({ type: 'string', enum: values, ...options })
}

/**
 * One of these texts today, and of more tomorrow. In answers such a list is no enum: a client that was generated from one
 * breaks on the first value that it does not know. Source: Zalando's RESTful API Guidelines, rule 112.
 */
export function extensibleEnum<T extends string>(values: readonly T[], options: object = {}) {
  return Type.Unsafe<T>({ type: 'string', 'x-extensible-enum': values, ...options })
}
