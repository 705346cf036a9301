import { Transform } from 'node:stream'
import { Parser, type Result } from 'tap-parser'

/**
 * A reporter for tap (`--reporter=./scripts/checks/report-failures.ts`): prints the TAP output as it comes, and every failure again at
 * the end, because logs of CI are read from their end and often cut. tap's own summaries are not printed where `CI` is set.
 */
export default class FailureReporter extends Transform {
  readonly #parser = new Parser()
  readonly #failures: Result[] = []

  constructor() {
    super()
    this.#listen(this.#parser)
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void) {
    this.#parser.write(chunk)
    done(null, chunk)
  }

  override _flush(done: (error: null, text: string) => void): void {
    this.#parser.end()
    const leaves = this.#failures.filter(
      (failure) => !this.#failures.some((other) => isWithin(other, failure)),
    )
    done(null, leaves.length > 0 ? `\n# Failures\n${leaves.map(describe).join('')}` : '')
  }

  #listen(parser: Parser): void {
    parser.on('child', (child) => this.#listen(child))
    parser.on('assert', (result) => {
      if (!result.ok && !result.todo && !result.skip) this.#failures.push(result)
    })
  }
}

/** Fields that are the same for every failure of a file, or that the stack implies. */
const details = new Set(['source', 'stdio', 'cwd', 'externalID', 'command', 'args', 'jobId'])

/** Whether `outer` contains `inner`. The failure of a test only repeats those of its assertions, which have more details. */
function isWithin(inner: Result, outer: Result): boolean {
  return inner.fullname.startsWith(`${outer.fullname} > `)
}

function describe({ fullname, diag }: Result): string {
  const { diff, stack, at, ...others } = diag ?? {}
  const facts = Object.entries(others).filter(([name]) => !details.has(name))
  const lines = facts.map(([name, value]) => `${name}: ${format(value)}`)
  const text = [...lines, diff, stack ?? (at && format(at))]
    .filter(Boolean)
    .map((part) => String(part).trimEnd())
    .join('\n')
  return `# ${fullname}\n${text.replace(/^/gm, '#   ')}\n`
}

function format(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
