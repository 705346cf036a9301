import { createInterface, type Interface } from 'node:readline'

/** Asks on the terminal. Whoever has closed the input, or interrupts, has not said yes. */
export function openDialogue() {
  let lines: { reader: Interface; next: AsyncIterator<string> } | undefined

  function open() {
    const reader = createInterface({ input: process.stdin })
    return { reader, next: reader[Symbol.asyncIterator]() }
  }

  async function ask(question: string): Promise<string> {
    // Opened with the first question: an open input keeps the process from ending.
    lines ??= open()
    process.stdout.write(`${question} `)
    const { value, done } = await lines.next.next()
    if (!process.stdin.isTTY) process.stdout.write('\n')
    return done ? '' : String(value).trim().toLowerCase()
  }

  return { ask, close: () => lines?.reader.close() }
}
