import { join } from 'node:path'
import { build } from 'esbuild'

interface BundleOptions {
  /** Root of the repository. */
  root: string
  /** Entry points relative to the root. The bundle of each has the same name with the ending `.mjs`. */
  programs: string[]
  /** Packages left out of the bundle, because they load their own files or native code at run time. */
  external: string[]
}

export interface Bundle {
  /** Files by path within the zip. */
  files: Record<string, Uint8Array>
  /** Folders of the bundled packages, relative to the root. */
  packages: string[]
}

/** Defines `require`, which CommonJS packages use and ES modules lack. A program may import `createRequire` itself. */
export const commonJs =
  "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);"

/**
 * Bundles each program and its packages into one file. Code splitting is off, because a dynamic import of a CommonJS package in a
 * separate chunk would get only the default export.
 */
export async function bundle({ root, programs, external }: BundleOptions): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: programs,
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
    // Keep names, because logs contain those of steps and errors, and stack traces stay readable.
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

/** The folders of the packages that bundled files belong to. @param inputs paths relative to the root */
export function findPackages(inputs: string[]): string[] {
  const folders = inputs.flatMap((path) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  return [...new Set(folders)].sort()
}
