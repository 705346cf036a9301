/** As much of an OpenAPI document as is needed here. */
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
 * Shows with every request body, and every parameter of a named shape, the first example of that shape: a form to fill in
 * starts with it. What may be left out starts empty, with its example in its schema: a list of some day in the past is
 * what nobody wants.
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
