import AjvCompiler from '@fastify/ajv-compiler'

/** Keywords for client generators, which validation ignores. */
export const generatorKeywords = ['x-enum-varnames', 'x-extensible-enum', 'style', 'explode']

const build = AjvCompiler()
const strict = { allErrors: true, removeAdditional: false, useDefaults: true, keywords: generatorKeywords }

/**
 * Bodies are validated strictly: `"5"` is not a number, and unknown fields are rejected, so that clients notice mistakes. Query and
 * path parameters arrive as text, so numbers are parsed from it.
 */
export const compileValidators: typeof build = (externalSchemas) => {
  const literal = build(externalSchemas, { customOptions: { ...strict, coerceTypes: false } })
  const fromText = build(externalSchemas, { customOptions: { ...strict, coerceTypes: true } })
  return (route) => ((route as { httpPart?: string }).httpPart === 'body' ? literal : fromText)(route)
}
