/** As much of an OpenAPI document as is needed here. */
interface Document {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, Media> } }>>
  components: { schemas: Record<string, { examples?: unknown[] }> }
}

interface Media {
  schema: { $ref?: string }
  example?: unknown
}

/** Shows with every request body the first example of its named shape: a form to fill in starts with it. */
export function showRequestExamples<T>(openapi: T): T {
  const { paths, components } = openapi as Document
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  const bodies = operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}))
  for (const media of bodies) {
    const name = media.schema.$ref?.split('/').at(-1) ?? ''
    media.example = components.schemas[name]?.examples?.[0]
  }
  return openapi
}
