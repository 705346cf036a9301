import type { DestinationStream } from 'pino'

/** A destination that writes synchronously, such as `pino.destination({ dest: 1, sync: true })`. */
interface SyncDestination extends DestinationStream {
  flushSync(): void
}

/**
 * Collects the lines of one turn of the event loop and writes them together, because under load the system call costs more than
 * formatting the line. Lines are written before the process exits or logs a fatal error; only SIGKILL can lose those of one turn.
 * @param maxLength of one write, in characters, unless a single line is longer
 */
export function writeOncePerTick(
  destination: SyncDestination,
  maxLength = Number.POSITIVE_INFINITY,
): SyncDestination {
  let lines = ''

  function flushSync(): void {
    if (lines === '') return
    const written = lines
    lines = ''
    destination.write(written)
    destination.flushSync()
  }

  process.on('exit', flushSync)
  return {
    write(line) {
      if (lines.length + line.length > maxLength) flushSync()
      if (lines === '') setImmediate(flushSync)
      lines += line
    },
    flushSync,
  }
}
