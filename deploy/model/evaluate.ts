/** Resolves the names that a template's functions refer to. */
export interface Scope {
  /** The value of a parameter, of a pseudo parameter, or what `Ref` gives for a resource. */
  ref(name: string): unknown
  attribute(resource: string, name: string): unknown
  condition(name: string): boolean
  mapping(map: string, key: string, name: string): unknown
}

type Evaluate = (argument: never, scope: Scope) => unknown

/** The value of `AWS::NoValue`: `evaluate` drops the property or list item that has it. */
const nothing = Symbol('AWS::NoValue')

const functions: Record<string, Evaluate> = {
  Ref: (name: string, scope) => (name === 'AWS::NoValue' ? nothing : scope.ref(name)),
  Condition: (name: string, scope) => scope.condition(name),
  'Fn::GetAtt': (path: string | [string, string], scope) => {
    const [resource = '', ...name] = typeof path === 'string' ? path.split('.') : path
    return scope.attribute(resource, name.join('.'))
  },
  'Fn::Sub': (argument: string | [string, Record<string, unknown>], scope) => substitute(argument, scope),
  'Fn::Join': ([separator, list]: [string, unknown], scope) =>
    (evaluate(list, scope) as unknown[]).join(separator),
  'Fn::Split': ([separator, text]: [string, unknown], scope) =>
    String(evaluate(text, scope)).split(separator),
  'Fn::Select': ([index, list]: [number, unknown], scope) => {
    const items = evaluate(list, scope) as unknown[]
    if (!(Number(index) in items)) throw new Error(`Fn::Select: index ${index} is not below ${items.length}`)
    return items[Number(index)]
  },
  'Fn::If': ([name, then, otherwise]: [string, unknown, unknown], scope) =>
    evaluateAny(scope.condition(name) ? then : otherwise, scope),
  'Fn::Equals': (pair: unknown, scope) => {
    const [a, b] = evaluate(pair, scope) as unknown[]
    return String(a) === String(b)
  },
  'Fn::Not': ([condition]: [unknown], scope) => !evaluate(condition, scope),
  'Fn::And': (conditions: unknown[], scope) => conditions.every((condition) => evaluate(condition, scope)),
  'Fn::Or': (conditions: unknown[], scope) => conditions.some((condition) => evaluate(condition, scope)),
  'Fn::FindInMap': (path: unknown, scope) =>
    scope.mapping(...(evaluate(path, scope) as [string, string, string])),
  'Fn::Base64': (text: unknown, scope) => evaluate(text, scope),
  'Fn::GetAZs': () => ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  'Fn::Cidr': (argument: unknown, scope) => {
    const [block, count, bits] = evaluate(argument, scope) as [string, number, number]
    return splitNetwork(block, Number(count), Number(bits))
  },
}

/**
 * Evaluates every function in a part of a template, which leaves plain values.
 * @throws Error for a function that this module does not implement
 */
export function evaluate(node: unknown, scope: Scope): unknown {
  const value = evaluateAny(node, scope)
  return value === nothing ? undefined : value
}

function evaluateAny(node: unknown, scope: Scope): unknown {
  if (Array.isArray(node)) {
    return node.map((item) => evaluateAny(item, scope)).filter((item) => item !== nothing)
  }
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node)
  const [[name, argument] = ['', undefined]] = entries
  if (entries.length === 1 && isFunction(name, argument)) {
    const known = functions[name]
    if (!known) throw new Error(`the model does not implement the function ${name}`)
    return known(argument as never, scope)
  }
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, evaluateAny(item, scope)] as const)
      .filter(([, item]) => item !== nothing),
  )
}

/** `Condition` is a statement's member, too. */
function isFunction(name: string, argument: unknown): boolean {
  return name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof argument === 'string')
}

function substitute(argument: string | [string, Record<string, unknown>], scope: Scope): string {
  const [text, own] = typeof argument === 'string' ? [argument, {}] : argument
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (name in own) return String(evaluate((own as Record<string, unknown>)[name], scope))
    if (name.includes('.')) return String(evaluate({ 'Fn::GetAtt': name }, scope))
    return String(scope.ref(name))
  })
}

function splitNetwork(block: string, count: number, bits: number): string[] {
  const [address = ''] = block.split('/')
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return Array.from({ length: count }, (_, index) => {
    const start = first + index * 2 ** bits
    const parts = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256)
    return `${parts.join('.')}/${32 - bits}`
  })
}
