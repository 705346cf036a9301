import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'
import { mark, toDataUrl } from '../../gateway/web/mark.ts'
import { findPackages } from './bundle.ts'

export interface WebApp {
  /** Files by path relative to the app's root: `index.html`, and below `assets/` scripts and styles with hashed names, also compressed. */
  files: Record<string, Uint8Array>
  /** Folders of the bundled packages, relative to the root of the repository. */
  packages: string[]
}

const root = join(import.meta.dirname, '../..')
const source = 'gateway/web/app'
/** Scripts of the page's workers, by the constant that the page finds each by. */
const workers = {
  HASH_WORKER: 'openapi/packages/client/src/hash/hash-worker.ts',
  PREVIEW_WORKER: `${source}/preview-worker.ts`,
}

const shared = {
  absWorkingDir: root,
  outdir: 'web',
  entryNames: 'assets/[name]-[hash]',
  chunkNames: 'assets/[name]-[hash]',
  assetNames: 'assets/[name]-[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome123', 'firefox121', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
} satisfies BuildOptions

/** Bundles the page that the gateway serves. The names of its files change exactly when their content does. */
export async function buildWebApp(): Promise<WebApp> {
  const worker = await build({ ...shared, entryPoints: Object.values(workers) })
  const pathOf = (entry: string) => {
    const name = basename(entry, '.ts')
    const file = worker.outputFiles.find(({ path }) => basename(path).startsWith(name))
    if (!file) throw new Error(`${entry} was not built.`)
    return `/assets/${basename(file.path)}`
  }
  const page = await build({
    ...shared,
    entryPoints: [`${source}/main.tsx`, `${source}/style.css`],
    splitting: true,
    define: Object.fromEntries(
      Object.entries(workers).map(([name, entry]) => [name, JSON.stringify(pathOf(entry))]),
    ),
  })
  const files = Object.fromEntries(
    [...worker.outputFiles, ...page.outputFiles].map(({ path, contents }) => [
      path.slice(join(root, 'web/').length),
      contents,
    ]),
  )
  const nameOf = (entry: RegExp) => `/${Object.keys(files).find((name) => entry.test(name))}`
  const html = (await readFile(join(root, source, 'index.html'), 'utf8'))
    .replace('{{script}}', nameOf(/^assets\/main-.*\.js$/))
    .replace('{{icon}}', toDataUrl(mark))
    .replace('{{style}}', nameOf(/^assets\/style-.*\.css$/))
  for (const [name, contents] of Object.entries(files)) {
    files[`${name}.br`] = brotliCompressSync(contents)
    files[`${name}.gz`] = gzipSync(contents, { level: 9 })
  }
  files['index.html'] = Buffer.from(html)
  const inputs = [worker, page].flatMap(({ metafile }) => Object.keys(metafile.inputs))
  return { files, packages: findPackages(inputs) }
}

/** Writes the app into a folder. Each file replaces an earlier one at once, so a gateway never reads half of it. */
export async function writeWebApp({ files }: WebApp, folder: string): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.${process.pid}`, contents)
    await rename(`${path}.${process.pid}`, path)
  }
}
