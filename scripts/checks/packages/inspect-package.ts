import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import filePlugin from '@size-limit/file'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import sizeLimit from 'size-limit'
import type { PackageBuild } from '../../build/packages/package-builds.ts'
import { runProgram } from './run-program.ts'

const attw = join(import.meta.dirname, '../../../node_modules/.bin/attw')

/** Limit of the gzipped main entry with its static imports, in bytes. */
const maxEntryBytes: Record<string, number> = { client: 6_000, react: 4_000, uppy: 3_000 }

/** An import or export from another file of the package, in minified code. An `import()` does not match: it loads when it is used. */
const staticImport = /from"(\.\/[^"]+)"/g

/**
 * Inspects a built package with publint and Are The Types Wrong, and measures its entry.
 * @returns a line for the table
 * @throws Error with all faults
 */
export async function inspectPackage(build: PackageBuild, folder: string, tarball: string): Promise<string> {
  const { messages } = await publint({ pkgDir: folder, level: 'suggestion', strict: true })
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const faults = messages.map((message) => formatMessage(message, manifest) ?? message.code)
  if (faults.length > 0) throw new Error(`publint of ${build.name}:\n${faults.join('\n')}`)
  if (build.target === 'node20') return 'publint clean'

  await runProgram(folder, [attw, tarball, '--profile', 'esm-only'])
  const files = await findLoadedFiles(folder)
  const [measured] = (await sizeLimit([filePlugin], { checks: [{ files, gzip: true }] })) as {
    size: number
  }[]
  const size = measured?.size ?? Number.POSITIVE_INFINITY
  const limit = maxEntryBytes[build.name] ?? 0
  if (size > limit)
    throw new Error(`The entry of ${build.name} has ${size} bytes gzipped; the limit is ${limit}.`)
  return `publint and attw clean, entry ${size} of ${limit} bytes gzipped`
}

/** The entry, and the files that it imports statically. */
async function findLoadedFiles(folder: string): Promise<string[]> {
  const found = new Set(['index.js'])
  for (const file of found) {
    const code = await readFile(join(folder, file), 'utf8')
    for (const [, path = ''] of code.matchAll(staticImport)) found.add(path.slice(2))
  }
  return [...found].map((file) => join(folder, file))
}
