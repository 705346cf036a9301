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
  schema: { $ref?: string }
  example?: unknown
}

/**
 * Shows with every request body, and every parameter of a named shape, the first example of that shape: a form to fill in
 * starts with it.
 */
export function showRequestExamples<T>(openapi: T): T {
  const { paths, components } = openapi as Document
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  const shown = operations.flatMap(({ parameters = [], requestBody }) => [
    ...parameters,
    ...Object.values(requestBody?.content ?? {}),
  ])
  for (const place of shown) {
    const name = place.schema.$ref?.split('/').at(-1)
    if (name) place.example = components.schemas[name]?.examples?.[0]
  }
  return openapi
}
