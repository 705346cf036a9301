import type { OutcomeCounts } from './count-outcomes.ts'

const terminalIntervalMs = 500
const logIntervalMs = 10_000

/** Prints the progress on stderr: on one line of a terminal, or every ten seconds in a log. Returns a function that stops it. */
export function showProgress({ of, scannedCount }: OutcomeCounts): () => void {
  const { isTTY } = process.stderr
  const print = () => {
    const text = `${count(scannedCount())} examined, ${count(of('ready'))} reprocessed, ${count(of('failed'))} failed`
    process.stderr.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`)
  }
  const timer = setInterval(print, isTTY ? terminalIntervalMs : logIntervalMs)
  return () => {
    clearInterval(timer)
    if (isTTY) process.stderr.write('\r\x1b[K')
  }
}

const count = (number: number) => number.toLocaleString('en')
