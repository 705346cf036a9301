import type { EndCounts } from './count-ends.ts'

const terminalPauseMs = 500
const logPauseMs = 10_000

/** Says on stderr how far it is: on one line of a terminal, now and then in a log. Returns what ends it. */
export function showProgress({ of, scannedCount }: EndCounts): () => void {
  const { isTTY } = process.stderr
  const say = () => {
    const text = `${count(scannedCount())} looked at, ${count(of('ready'))} made again, ${count(of('failed'))} failed`
    process.stderr.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`)
  }
  const timer = setInterval(say, isTTY ? terminalPauseMs : logPauseMs)
  return () => {
    clearInterval(timer)
    if (isTTY) process.stderr.write('\r\x1b[K')
  }
}

const count = (number: number) => number.toLocaleString('en')
