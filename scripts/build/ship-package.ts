import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from '../services/run-tool.ts'
import { findClosure, type LockedPackage, type LockedPackages, readLockfile } from './read-lockfile.ts'
import { type Architecture, npmPlatformFlags, runsOn } from './target.ts'

export interface ShippedPackage {
  /** By path within the zip, from `node_modules` on. */
  files: Record<string, Uint8Array>
  /** Folders of what went in. */
  packages: string[]
}

/** Types, maps, sources of native code, and what a package's authors have for themselves. */
const unneeded = /\.([cm]?ts|map|cc|h|gyp)$|\/(test|e2e|examples?|benchmarks?|\.github)\//

/**
 * A package as it is installed, with all that it needs on a machine of that kind. Taken from this folder's own `node_modules`
 * if they are of that kind, and else installed into `.cache/`, by the versions and checksums of our lockfile.
 */
export async function shipPackage(root: string, name: string, cpu: Architecture): Promise<ShippedPackage> {
  const closure = findClosure(await readLockfile(root), name)
  const needed = Object.entries(closure).filter(([, locked]) => runsOn(locked, cpu))
  const packages = needed.map(([folder]) => folder)
  if (isNative(Object.values(closure)) && !isNative(needed.map(([, locked]) => locked))) {
    throw new Error(`package-lock.json has no ${name} for linux-${cpu}`)
  }
  const isHere = packages.every((folder) => existsSync(join(root, folder, 'package.json')))
  const origin = isHere ? root : await installFor(root, name, closure, cpu)

  const files: ShippedPackage['files'] = {}
  for (const folder of packages) {
    for (const path of await listFiles(origin, folder)) files[path] = await readFile(join(origin, path))
  }
  return { files, packages }
}

const isNative = (packages: LockedPackage[]) => packages.some(({ cpu }) => cpu)

async function listFiles(origin: string, folder: string): Promise<string[]> {
  const paths: string[] = []
  const nested = join(folder, 'node_modules')
  for await (const entry of glob(`${folder}/**`, { cwd: origin, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(origin.length + 1)
    if (entry.isFile() && !unneeded.test(path) && !path.startsWith(`${nested}/`)) paths.push(path)
  }
  return paths
}

const installTimeoutMs = 5 * 60_000

/** `npm ci` with a lockfile cut out of ours: npm holds every byte against its checksums. Returns the folder, made once. */
export async function installFor(
  root: string,
  name: string,
  closure: LockedPackages,
  cpu: Architecture,
): Promise<string> {
  const version = closure[`node_modules/${name}`]?.version ?? ''
  const cache = join(root, '.cache/build')
  const directory = join(cache, `${name.replace('/', '-')}-${version}-linux-${cpu}`)
  if (existsSync(directory)) return directory

  const manifest = { name: 'hashgate-build', private: true, dependencies: { [name]: version } }
  const lock = { name: manifest.name, lockfileVersion: 3, packages: { '': manifest, ...closure } }
  const staging = `${directory}.${process.pid}`
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  await writeFile(join(staging, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(staging, 'package-lock.json'), JSON.stringify(lock))
  // By force, as npm refuses a package that names another machine than its own, in spite of its flags.
  const flags = ['--ignore-scripts', '--force', ...npmPlatformFlags(cpu)]
  await runTool('npm', ['ci', '--prefix', staging, ...flags], {
    task: `Installing ${name} ${version} for linux-${cpu}`,
    log: join(cache, `${name.replace('/', '-')}-${cpu}.log`),
    timeoutMs: installTimeoutMs,
  })
  await rename(staging, directory).catch(async (error) => {
    // Another build was faster.
    await rm(staging, { recursive: true, force: true })
    if (!existsSync(directory)) throw error
  })
  return directory
}
