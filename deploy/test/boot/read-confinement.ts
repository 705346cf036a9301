import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Numbers of address families in Linux. */
const families: Record<string, number> = {
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  AF_NETLINK: 16,
  AF_PACKET: 17,
}

/** What a unit allows its program, as arguments for `confine.c`. */
export interface Confinement {
  families: string
  calls: string
}

/**
 * Reads `RestrictAddressFamilies` and `SystemCallFilter` of a unit. This machine's systemd resolves groups of calls (`@system-service`).
 * @throws Error when the unit lacks one of the settings, or has a value that this function does not support
 */
export async function readConfinement(unit: string): Promise<Confinement> {
  const groups = await readGroups()
  const callsOf = (value: string) => value.split(' ').flatMap((name) => expand(name, groups))
  const [first = '', ...more] = valuesOf(unit, 'SystemCallFilter')
  // systemd always adds the calls that it needs to start a program.
  const allowed = new Set(callsOf(`@default ${first}`))
  for (const value of more) {
    if (!value.startsWith('~'))
      throw new Error(`only the first SystemCallFilter may be an allow list: ${value}`)
    for (const name of callsOf(value.slice(1))) allowed.delete(name)
  }
  return { families: familiesOf(unit), calls: [...allowed].join() }
}

function familiesOf(unit: string): string {
  const names = valuesOf(unit, 'RestrictAddressFamilies').flatMap((value) => value.split(' '))
  return names
    .map((name) => {
      if (!families[name]) throw new Error(`add the number of the address family ${name}`)
      return families[name]
    })
    .join()
}

function valuesOf(unit: string, name: string): string[] {
  const values = [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)
  if (values.length === 0) throw new Error(`the unit has no ${name}`)
  return values
}

async function readGroups(): Promise<Map<string, string[]>> {
  const { stdout } = await run('systemd-analyze', ['--no-pager', 'syscall-filter'])
  const texts = stdout.split(/^(?=@)/m).filter((text) => text.startsWith('@'))
  return new Map(
    texts.map((text) => {
      const [name = '', ...lines] = text.split('\n').map((line) => line.trim())
      return [name, lines.filter((line) => /^[@\w]/.test(line))]
    }),
  )
}

function expand(name: string, groups: Map<string, string[]>): string[] {
  if (!name.startsWith('@')) return [name]
  const members = groups.get(name)
  if (!members) throw new Error(`systemd has no group of calls ${name}`)
  return members.flatMap((member) => expand(member, groups))
}
