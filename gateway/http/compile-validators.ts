import AjvCompiler from '@fastify/ajv-compiler'

/** Hints for generators of clients, which mean nothing to a validator. */
export const generatorKeywords = ['x-enum-varnames', 'x-extensible-enum']

const build = AjvCompiler()
const strict = { allErrors: true, removeAdditional: false, useDefaults: true, keywords: generatorKeywords }

/**
 * Bodies are taken literally: `"5"` is not a number and unknown fields are refused, so that a client learns of its
 * mistake. Query and path arrive as text, so there numbers are read from it.
 */
export const compileValidators: typeof build = (externalSchemas) => {
  const literal = build(externalSchemas, { customOptions: { ...strict, coerceTypes: false } })
  const fromText = build(externalSchemas, { customOptions: { ...strict, coerceTypes: true } })
  return (route) => ((route as { httpPart?: string }).httpPart === 'body' ? literal : fromText)(route)
}
