import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface LockedPackage {
  version: string
  integrity?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  os?: string[]
  cpu?: string[]
  libc?: string[]
  license?: string
}

/** Packages by folder, such as `node_modules/sharp`. */
export type LockedPackages = Record<string, LockedPackage>

export async function readLockfile(root: string): Promise<LockedPackages> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  return packages
}

/** Finds a package and its transitive dependencies, including optional ones of every platform, sorted by folder. */
export function findClosure(packages: LockedPackages, name: string): LockedPackages {
  const found = new Map<string, LockedPackage>()
  const visit = (dependency: string, from: string): void => {
    const folder = resolveFolder(packages, dependency, from)
    const locked = folder === undefined ? undefined : packages[folder]
    if (folder === undefined || !locked || found.has(folder)) return
    found.set(folder, locked)
    for (const next of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) {
      visit(next, folder)
    }
  }
  visit(name, '')
  if (found.size === 0) throw new Error(`package-lock.json does not contain ${name}.`)
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Resolves a dependency as Node does: in the package's own `node_modules` or in a folder above. */
function resolveFolder(packages: LockedPackages, name: string, from: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const folder = at ? `${at}/node_modules/${name}` : `node_modules/${name}`
    if (packages[folder]) return folder
    if (!at) return undefined
  }
}
