import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { build } from 'esbuild'
import { findPackages } from '../bundle.ts'
import { collectLicenses } from '../collect-licenses.ts'
import { emitTypes } from './emit-types.ts'
import { type PackageBuild, packageBuilds } from './package-builds.ts'
import { declarationsOf, publishManifest, type SourceManifest } from './publish-manifest.ts'

const root = join(import.meta.dirname, '../../..')

const targets = {
  browsers: ['chrome123', 'firefox121', 'safari17.5', 'node20'],
  node20: ['node20'],
}

/**
 * Builds one package as it is published: bundles with source maps, types, and the files that npm shows.
 * @param out folder of all built packages; those that this one depends on must be there, for their types
 * @returns its folder
 */
export async function buildPackage(definition: PackageBuild, out: string): Promise<string> {
  const source = join(root, 'openapi/packages', definition.name)
  const folder = join(out, definition.name)
  const manifest: SourceManifest = await readJson(join(source, 'package.json'))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })

  const bundled = await bundleEntries(definition, manifest, folder)
  if (definition.target === 'browsers') {
    await emitTypes({
      root,
      source: join(source, 'src'),
      entries: Object.values(definition.entries).map((path) => path.replace(/^src\//, '')),
      out: join(folder, 'types'),
      imported: findBuilt(manifest, out),
    })
  }
  const copied = { ...definition.copied, 'README.md': 'README.md', 'CHANGELOG.md': 'CHANGELOG.md' }
  for (const [file, from] of Object.entries(copied)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await copyFile(join(source, from), join(folder, file))
  }
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  if (bundled.length > 0) {
    await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await collectLicenses(root, bundled))
  }
  const { repository } = await readJson(join(root, 'package.json'))
  const published = publishManifest(definition, manifest, repository)
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  return folder
}

/** @returns folders of the packages whose code is in the bundles, relative to the root */
async function bundleEntries(
  build: PackageBuild,
  manifest: SourceManifest,
  folder: string,
): Promise<string[]> {
  const inputs: string[] = []
  // One at a time, so that a worker's script does not share code with the rest and stays one file.
  for (const [entry, path] of Object.entries(build.entries)) {
    inputs.push(...(await bundleEntry(build, manifest, join(folder, entry), path)))
  }
  return findPackages(inputs)
}

async function bundleEntry(
  { name, target, banner }: PackageBuild,
  { dependencies, peerDependencies }: SourceManifest,
  file: string,
  path: string,
): Promise<string[]> {
  const isCommand = target === 'node20'
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [basename(file)]: `openapi/packages/${name}/${path}` },
    outdir: dirname(file),
    bundle: true,
    // Code that is imported on first use becomes a separate file.
    splitting: !isCommand,
    minify: !isCommand,
    format: 'esm',
    platform: isCommand ? 'node' : 'neutral',
    mainFields: ['module', 'main'],
    target: targets[target],
    // This covers their subpaths too, such as react/jsx-runtime.
    external: Object.keys({ ...dependencies, ...peerDependencies }),
    jsx: 'automatic',
    jsxImportSource: 'react',
    banner: { js: banner ?? '' },
    sourcemap: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  return Object.keys(metafile.inputs)
}

/** The built packages among the dependencies, with the file that declares each. In the repository, the names resolve to the sources. */
function findBuilt({ dependencies = {} }: SourceManifest, out: string): Record<string, string> {
  const built = packageBuilds.filter(({ name }) => `@hashgate/${name}` in dependencies)
  const files = built.map(({ name, entries: { index = '' } }) => [
    `@hashgate/${name}`,
    join(out, name, declarationsOf(index)),
  ])
  return Object.fromEntries(files)
}

async function readJson(path: string) {
  return JSON.parse(await readFile(path, 'utf8'))
}
