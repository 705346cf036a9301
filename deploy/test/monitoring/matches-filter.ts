type Test = (line: unknown) => boolean

/**
 * Whether a JSON line matches a CloudWatch Logs filter pattern of text comparisons with `*`, `&&`, `||` and parentheses.
 * Source: "Filter pattern syntax for metric filters", Amazon CloudWatch Logs user guide.
 * @throws Error for other syntax
 */
export function matchesFilter(pattern: string, line: unknown): boolean {
  const [, inner] = /^\{(.*)\}$/.exec(pattern.trim()) ?? []
  if (inner === undefined) throw new Error(`not a JSON filter pattern: ${pattern}`)
  const tokens = inner.match(/&&|\|\||[()]|!=|=|"[^"]*"|\$[\w.]+/g) ?? []
  if (tokens.join('') !== inner.replace(/(?<=^[^"]*(?:"[^"]*"[^"]*)*)\s/g, '')) {
    throw new Error(`unsupported syntax in the filter pattern: ${pattern}`)
  }
  const test = readAny(tokens)
  if (tokens.length > 0) throw new Error(`unexpected tokens at the end: ${tokens.join(' ')}`)
  return test(line)
}

function readAny(tokens: string[]): Test {
  const first = readAll(tokens)
  if (tokens[0] !== '||') return first
  tokens.shift()
  const rest = readAny(tokens)
  return (line) => first(line) || rest(line)
}

function readAll(tokens: string[]): Test {
  const first = readOne(tokens)
  if (tokens[0] !== '&&') return first
  tokens.shift()
  const rest = readAll(tokens)
  return (line) => first(line) && rest(line)
}

function readOne(tokens: string[]): Test {
  const token = tokens.shift() ?? ''
  if (token === '(') {
    const inner = readAny(tokens)
    if (tokens.shift() !== ')') throw new Error('a closing parenthesis is missing')
    return inner
  }
  const operator = tokens.shift()
  const wanted = tokens.shift()?.slice(1, -1) ?? ''
  const form = new RegExp(`^${wanted.split('*').map(RegExp.escape).join('.*')}$`)
  const fields = token.split('.').slice(1)
  return (line) => {
    const value = fields.reduce<unknown>((part, field) => (part as Record<string, unknown>)?.[field], line)
    // Neither = nor != matches a missing field.
    if (value === undefined) return false
    return form.test(String(value)) === (operator === '=')
  }
}
