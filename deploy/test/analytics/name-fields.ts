/** The names of all fields of a JSON value, at any depth, with repetitions. */
export function nameFields(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(nameFields)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...nameFields(inner)])
}
