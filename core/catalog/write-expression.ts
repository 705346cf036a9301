/** One conditional write. `generation` is always part of the condition: a late worker never changes another life. */
export interface Change {
  set?: Record<string, unknown>
  setIfAbsent?: Record<string, unknown>
  append?: Record<string, unknown[]>
  /** Counts up; what is absent begins at 0. */
  add?: Record<string, number>
  remove?: string[]
  /** In DynamoDB's language; may use `#status` and the names of `values`. */
  condition?: string
  values?: Record<string, unknown>
}

/** A change in the form in which DynamoDB's UpdateItem wants it. */
export function writeExpression(change: Change, generation: string) {
  const { set = {}, setIfAbsent = {}, append = {}, add = {}, remove = [], condition, values } = change
  const sets = [
    ...namesIn(set).map((name) => `#${name} = :${name}`),
    ...namesIn(setIfAbsent).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
    ...namesIn(append).map((name) => `#${name} = list_append(if_not_exists(#${name}, :emptyList), :${name})`),
  ]
  const removes = remove.map((name) => `#${name}`)
  const adds = namesIn(add).map((name) => `#${name} :${name}`)
  const UpdateExpression = [clause('SET', sets), clause('REMOVE', removes), clause('ADD', adds)]
    .filter(Boolean)
    .join(' ')
  const ConditionExpression = ['#generation = :ofGeneration', condition].filter(Boolean).join(' AND ')
  return {
    UpdateExpression,
    ConditionExpression,
    ExpressionAttributeNames: resolveNames(`${UpdateExpression} ${ConditionExpression}`),
    ExpressionAttributeValues: {
      ...valuesOf({ ...set, ...setIfAbsent, ...append, ...add }),
      ...(namesIn(append).length > 0 && { ':emptyList': [] }),
      ...values,
      ':ofGeneration': generation,
    },
  }
}

/** What is undefined is not written. */
function namesIn(fields: Record<string, unknown>): string[] {
  return Object.keys(fields).filter((name) => fields[name] !== undefined)
}

function valuesOf(fields: Record<string, unknown>) {
  return Object.fromEntries(namesIn(fields).map((name) => [`:${name}`, fields[name]]))
}

function clause(keyword: string, parts: string[]): string {
  return parts.length > 0 ? `${keyword} ${parts.join(', ')}` : ''
}

/** DynamoDB refuses names that no expression uses. */
function resolveNames(expressions: string) {
  const names = expressions.match(/#\w+/g) ?? []
  return Object.fromEntries(names.map((name) => [name, name.slice(1)]))
}
