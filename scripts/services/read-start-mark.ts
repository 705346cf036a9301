import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/**
 * When a living process was started, as an opaque text; undefined when no process has this number (one that has ended
 * and only waits to be collected counts as none). Together with the number it names one process for good.
 */
export function readStartMark(pid: number): string | undefined {
  return existsSync('/proc/self/stat') ? readLinuxMark(pid) : readPsMark(pid)
}

/** Source: proc(5), `/proc/pid/stat`: state is field 3, start time in ticks since boot field 22. */
function readLinuxMark(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // Field 2 is the name in brackets, and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return `${readBootId()} ${fields[19]}`
}

const readBootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

function readPsMark(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'state=,lstart='], { encoding: 'utf8' })
  const [, state, startedAt] = /^(\S+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? []
  return state?.startsWith('Z') ? undefined : startedAt
}
