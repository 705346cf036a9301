import { storedNames } from './image-items.ts'

/** One conditional update. The record's generation is always part of the condition, so a late worker never changes a later upload of the same image. */
export interface Change {
  set?: Record<string, unknown>
  setIfAbsent?: Record<string, unknown>
  append?: Record<string, unknown[]>
  /** Increments; an absent attribute counts as 0. */
  add?: Record<string, number>
  /** Raises `sequence` by 1. Set it with every change of `status` whose next `sequence` is not known. */
  raiseSequence?: boolean
  remove?: string[]
  /** A DynamoDB condition expression. Write a field of the record as `#field`; values are those in `values`. */
  condition?: string
  values?: Record<string, unknown>
}

/** Converts a change to the parameters of DynamoDB's UpdateItem. */
export function updateExpression(change: Change, generation: string) {
  const { set = {}, setIfAbsent = {}, append = {}, add = {}, remove = [], condition, values } = change
  const sequence = change.raiseSequence ? ['#sequence = if_not_exists(#sequence, :one) + :one'] : []
  const sets = [
    ...namesIn(set).map((name) => `#${name} = :${name}`),
    ...namesIn(setIfAbsent).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
    ...namesIn(append).map((name) => `#${name} = list_append(if_not_exists(#${name}, :emptyList), :${name})`),
    ...sequence,
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
      ...(change.raiseSequence && { ':one': 1 }),
      ...values,
      ':ofGeneration': generation,
    },
  }
}

/** Names of the fields to write; undefined ones are left out. */
function namesIn(fields: Record<string, unknown>): string[] {
  return Object.keys(fields).filter((name) => fields[name] !== undefined)
}

function valuesOf(fields: Record<string, unknown>) {
  return Object.fromEntries(namesIn(fields).map((name) => [`:${name}`, fields[name]]))
}

function clause(keyword: string, parts: string[]): string {
  return parts.length > 0 ? `${keyword} ${parts.join(', ')}` : ''
}

/** Defines only the names in use, because DynamoDB rejects others. */
function resolveNames(expressions: string) {
  const names = expressions.match(/#\w+/g) ?? []
  return Object.fromEntries(names.map((name) => [name, storedNames[name.slice(1)] ?? name.slice(1)]))
}
