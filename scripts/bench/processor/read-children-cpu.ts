import { readFile } from 'node:fs/promises'

/** Linux tells user space times in hundredths of a second, whatever the kernel's own clock. Source: proc(5), sysconf(3). */
const ticksPerSecond = 100

/** CPU seconds, user and system, of all children of this process that have ended. NaN where there is no /proc. */
export async function readChildrenCpuSeconds(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => '')
  // The name, in brackets, may hold blanks; `cutime` and `cstime` are fields 16 and 17 of the line.
  const [, ...fields] = stat.slice(stat.lastIndexOf(')')).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond
}
