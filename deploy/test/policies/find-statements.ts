import type { ModelStack } from '../../model/model-deployment.ts'

export interface Statement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  Principal?: '*' | Record<string, string | string[]>
  Action?: string | string[]
  NotAction?: string | string[]
  Resource?: string | string[]
  NotResource?: string | string[]
  Condition?: Record<string, Record<string, unknown>>
}

/** A policy statement and the resource that contains it. */
export interface Found {
  stack: string
  resource: string
  statement: Statement
}

export const listOf = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

export function findStatements(stacks: ModelStack[]): Found[] {
  return stacks.flatMap(({ stack, resources }) =>
    Object.entries(resources).flatMap(([resource, { Properties }]) =>
      [...statementsIn(Properties)].map((statement) => ({ stack, resource, statement })),
    ),
  )
}

function* statementsIn(node: unknown): Generator<Statement> {
  if (typeof node !== 'object' || node === null) return
  if ('Effect' in node && ('Action' in node || 'NotAction' in node)) yield node as Statement
  else for (const item of Object.values(node)) yield* statementsIn(item)
}
