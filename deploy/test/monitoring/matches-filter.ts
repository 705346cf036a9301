type Test = (line: unknown) => boolean

/**
 * Whether a JSON line matches a filter pattern of CloudWatch Logs: comparisons of text, `&&`, `||`, parentheses, `*` in a text.
 * Source: "Filter pattern syntax for metric filters", Amazon CloudWatch Logs user guide.
 * @throws Error for what our filters do not use
 */
export function matchesFilter(pattern: string, line: unknown): boolean {
  const [, inner] = /^\{(.*)\}$/.exec(pattern.trim()) ?? []
  if (inner === undefined) throw new Error(`no JSON pattern: ${pattern}`)
  const tokens = inner.match(/&&|\|\||[()]|!=|=|"[^"]*"|\$[\w.]+/g) ?? []
  if (tokens.join('') !== inner.replace(/(?<=^[^"]*(?:"[^"]*"[^"]*)*)\s/g, '')) {
    throw new Error(`words that are not known here: ${pattern}`)
  }
  const test = readAny(tokens)
  if (tokens.length > 0) throw new Error(`left over: ${tokens.join(' ')}`)
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
    if (tokens.shift() !== ')') throw new Error('a parenthesis is open')
    return inner
  }
  const operator = tokens.shift()
  const wanted = tokens.shift()?.slice(1, -1) ?? ''
  const form = new RegExp(`^${wanted.split('*').map(RegExp.escape).join('.*')}$`)
  const fields = token.split('.').slice(1)
  return (line) => {
    const value = fields.reduce<unknown>((part, field) => (part as Record<string, unknown>)?.[field], line)
    // A comparison with what is not there holds for neither.
    if (value === undefined) return false
    return form.test(String(value)) === (operator === '=')
  }
}
