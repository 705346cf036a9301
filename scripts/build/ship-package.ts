import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from '../services/run-tool.ts'
import { findClosure, type LockedPackage, type LockedPackages, readLockfile } from './read-lockfile.ts'
import { type Architecture, npmPlatformFlags, runsOn } from './target.ts'

export interface ShippedPackage {
  /** Files by path within the zip, starting with `node_modules`. */
  files: Record<string, Uint8Array>
  /** Folders of the copied packages. */
  packages: string[]
}

/** Types, source maps, native sources, tests, examples, and the builds of libheif that are not used. */
const unneeded =
  /\.([cm]?ts|map|cc|h|gyp)$|\/(test|e2e|examples?|benchmarks?|\.github)\/|libheif(-bundle\.m?js|\/libheif\.js)$/

/**
 * Reads the files of a package and its dependencies for one platform. They come from the repository's `node_modules` if these are
 * of that platform; otherwise the package is installed into `.cache/` with the lockfile's versions and checksums.
 */
export async function shipPackage(root: string, name: string, cpu: Architecture): Promise<ShippedPackage> {
  const closure = findClosure(await readLockfile(root), name)
  const needed = Object.entries(closure).filter(([, locked]) => runsOn(locked, cpu))
  const packages = needed.map(([folder]) => folder)
  if (isNative(Object.values(closure)) && !isNative(needed.map(([, locked]) => locked))) {
    throw new Error(`package-lock.json does not contain ${name} for linux-${cpu}.`)
  }
  const isInstalled = packages.every((folder) => existsSync(join(root, folder, 'package.json')))
  const origin = isInstalled ? root : await installFor(root, name, closure, cpu)

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

/** Runs `npm ci` with an excerpt of the lockfile, so that npm checks the checksums. Returns the folder, which is cached. */
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
  // Without --force, npm refuses packages of another platform in spite of the platform flags.
  const flags = ['--ignore-scripts', '--force', ...npmPlatformFlags(cpu)]
  await runTool('npm', ['ci', '--prefix', staging, ...flags], {
    task: `Installing ${name} ${version} for linux-${cpu}`,
    log: join(cache, `${name.replace('/', '-')}-${cpu}.log`),
    timeoutMs: installTimeoutMs,
  })
  await rename(staging, directory).catch(async (error) => {
    // A concurrent build may have installed it first.
    await rm(staging, { recursive: true, force: true })
    if (!existsSync(directory)) throw error
  })
  return directory
}
