import t from 'tap'
import { JsonTooDeep, parseJson } from '../parse-json.ts'

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

t.test('JSON with 32 levels is parsed, and with 33 it is not', async (t) => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":', '}]'],
  ] as const) {
    const levels = open.startsWith('[{') ? 2 : 1
    const inner = open.endsWith(':') ? '1' : ''
    const text = (depth: number) => open.repeat(depth / levels) + inner + close.repeat(depth / levels)
    t.same(parseJson(text(32)), JSON.parse(text(32)), open)
    t.throws(() => parseJson(text(34)), JsonTooDeep, open)
  }
  t.throws(() => parseJson(nested('[', ']', 33)), JsonTooDeep)
})

t.test('a text of any depth is refused without overflowing the stack', async (t) => {
  t.throws(() => parseJson(nested('[', ']', 500_000)), JsonTooDeep)
  t.throws(() => parseJson('{"a":'.repeat(500_000)), JsonTooDeep, 'also when it never ends')
})

t.test('brackets in strings and side by side are not levels', async (t) => {
  for (const value of [
    '['.repeat(100),
    `\\"${'{'.repeat(100)}`,
    `\\${'['.repeat(100)}\\\\`,
    Array.from({ length: 100 }, () => [{}]),
    { [`"${'['.repeat(50)}`]: '\\' },
  ]) {
    t.strictSame(parseJson(JSON.stringify(value)), value)
  }
})

t.test('text that is not JSON is a SyntaxError', async (t) => {
  for (const text of ['', '{', '"', '"\\', '"\\"', ']]]', `"${'['.repeat(100)}`]) {
    t.throws(() => parseJson(text), SyntaxError, text)
  }
})
