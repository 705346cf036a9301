import { createInterface, type Interface } from 'node:readline'

/** Asks questions on the terminal. The answer is empty if stdin is closed. */
export function openDialogue() {
  let lines: { reader: Interface; next: AsyncIterator<string> } | undefined

  function open() {
    const reader = createInterface({ input: process.stdin })
    return { reader, next: reader[Symbol.asyncIterator]() }
  }

  async function ask(question: string): Promise<string> {
    // Open stdin only for the first question, because an open stdin keeps the process alive.
    lines ??= open()
    process.stdout.write(`${question} `)
    const { value, done } = await lines.next.next()
    if (!process.stdin.isTTY) process.stdout.write('\n')
    return done ? '' : String(value).trim().toLowerCase()
  }

  return { ask, close: () => lines?.reader.close() }
}
