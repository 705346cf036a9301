import type { Rule } from '../../../deploy/read-template.ts'

/**
 * Evaluates an assertion of a template's `Rules`. CloudFormation does so only when it creates the stack's change set, after earlier stacks
 * have been deployed.
 * @returns the descriptions of the assertions that do not hold
 * @throws Error for a function that is not supported here
 */
export function findBrokenAssertions(
  { RuleCondition, Assertions }: Rule,
  values: Record<string, string>,
): string[] {
  if (RuleCondition !== undefined && !evaluate(RuleCondition, values)) return []
  return Assertions.filter(({ Assert }) => !evaluate(Assert, values)).map(
    ({ AssertDescription, Assert }) => AssertDescription ?? JSON.stringify(Assert),
  )
}

function evaluate(node: unknown, values: Record<string, string>): unknown {
  if (typeof node !== 'object' || node === null) return node
  const [[name, argument] = ['', undefined]] = Object.entries(node)
  const list = Array.isArray(argument) ? argument.map((item) => evaluate(item, values)) : []
  if (name === 'Ref') return values[String(argument)]
  if (name === 'Fn::Equals') return String(list[0]) === String(list[1])
  if (name === 'Fn::Not') return !list[0]
  if (name === 'Fn::And') return list.every(Boolean)
  if (name === 'Fn::Or') return list.some(Boolean)
  if (name === 'Fn::Contains') return (list[0] as unknown[]).map(String).includes(String(list[1]))
  throw new Error(`A rule uses ${name}, which the check does not support.`)
}
