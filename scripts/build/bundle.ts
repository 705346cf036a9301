import { join } from 'node:path'
import { build } from 'esbuild'

interface BundleOptions {
  /** Root of the repository. */
  root: string
  /** The program, relative to the root. Its bundle has the same name, and ends in `.mjs`. */
  program: string
  /** Packages that stay packages: they read their own files, or code for one kind of machine, when they run. */
  external: string[]
}

export interface Bundle {
  /** By path within the zip. */
  files: Record<string, Uint8Array>
  /** Folders of the packages that went in, relative to the root. */
  packages: string[]
}

/** What packages written for CommonJS find there, and modules do not have. */
const commonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/**
 * Puts a program and the packages that it uses into one file. It is not split: esbuild gives whoever loads a CommonJS package on
 * demand from a file of its own only its default export.
 */
export async function bundle({ root, program, external }: BundleOptions): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [program],
    outdir: '.',
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external,
    banner: { js: commonJs },
    // Names stay as they are: steps and errors are logged by theirs, and a stack trace can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  const files = Object.fromEntries(
    outputFiles.map(({ path, contents }) => [path.slice(join(root, '/').length), contents]),
  )
  return { files, packages: findPackages(Object.keys(metafile.inputs)) }
}

function findPackages(inputs: string[]): string[] {
  const folders = inputs.flatMap((path) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  return [...new Set(folders)].sort()
}
