/** The parts of an OpenAPI document that are used here. */
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { examples?: unknown[] }> }
}

interface Operation {
  parameters?: Shown[]
  requestBody?: { content: Record<string, Shown> }
}

interface Shown {
  required?: boolean
  schema: { $ref?: string; examples?: unknown[] }
  example?: unknown
}

/**
 * Prefills the forms of Swagger UI: every request body, and every parameter with a named schema, gets the first example of its
 * schema. Optional parameters stay empty and show their example in the schema only, because a day in the past is rarely wanted.
 */
export function showRequestExamples<T>(openapi: T): T {
  const { paths, components } = openapi as Document
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  const parameters = operations.flatMap(({ parameters = [] }) => parameters)
  const bodies = operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}))
  for (const place of [...parameters, ...bodies]) {
    const name = place.schema.$ref?.split('/').at(-1)
    if (name) place.example = components.schemas[name]?.examples?.[0]
  }
  for (const parameter of parameters) if (!parameter.required) startEmpty(parameter)
  return openapi
}

function startEmpty(parameter: Shown): void {
  if (!parameter.schema.$ref) parameter.schema.examples = [parameter.example]
  delete parameter.example
}
