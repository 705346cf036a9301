/** Lists the field names of a JSON value at any depth, including duplicates. */
export function nameFields(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(nameFields)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...nameFields(inner)])
}
