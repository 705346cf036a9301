import { Type } from 'typebox'

/** A string enum with an explicit type, for generators that do not infer it from the values. */
export function stringEnum<T extends string>(values: readonly T[], options: object = {}) {
  return Type.Unsafe<T>({ type: 'string', enum: values, ...options })
}

/**
 * A string whose set of values can grow. In responses it must not be an enum, because a generated client would fail on the first
 * value that is new to it. Source: Zalando's RESTful API Guidelines, rule 112.
 */
export function extensibleEnum<T extends string>(values: readonly T[], options: object = {}) {
  return Type.Unsafe<T>({ type: 'string', 'x-extensible-enum': values, ...options })
}
