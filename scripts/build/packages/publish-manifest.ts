import type { PackageBuild } from './package-builds.ts'

/** The fields of a package's `package.json` in the repository that are published. */
export interface SourceManifest {
  name: string
  version: string
  description: string
  license: string
  keywords?: string[]
  engines?: Record<string, string>
  sideEffects?: boolean | string[]
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional: boolean }>
}

/**
 * The `package.json` of a package as it is published: that of the sources, with `exports` of the built files.
 * @param repository the field of the project's own `package.json`; npm grants provenance only if it names the repository that publishes
 */
export function publishManifest(build: PackageBuild, source: SourceManifest, repository: object): object {
  const { name, version, description, license, keywords, engines, sideEffects } = source
  const { dependencies, peerDependencies, peerDependenciesMeta } = source
  const { bin = {}, copied = {} } = build
  const commands = Object.entries(bin).map(([command, entry]) => [command, `./${entry}.js`])
  return {
    name,
    version,
    description,
    keywords,
    license,
    repository: { ...repository, directory: `openapi/packages/${build.name}` },
    type: 'module',
    sideEffects,
    engines,
    exports: { ...exportEntries(build), './package.json': './package.json' },
    ...(commands.length > 0 && { bin: Object.fromEntries(commands) }),
    files: ['*.js', '*.js.map', 'types', ...Object.keys(copied), 'CHANGELOG.md', 'THIRD-PARTY-LICENSES.txt'],
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
    publishConfig: { access: 'public', provenance: true },
  }
}

/** A command is run, not imported. */
function exportEntries({ entries, bin = {}, copied = {} }: PackageBuild): Record<string, object | string> {
  const commands = Object.values(bin)
  const imported = Object.entries(entries).filter(([entry]) => !commands.includes(entry))
  return Object.fromEntries([
    ...imported.map(([entry, path]) => [
      entry === 'index' ? '.' : `./${entry}`,
      { types: declarationsOf(path), default: `./${entry}.js` },
    ]),
    ...Object.keys(copied).map((file) => [`./${file}`, `./${file}`]),
  ])
}

/** Where the types of a source are, relative to the package. @param path such as `src/index.ts` */
export function declarationsOf(path: string): string {
  return path.replace(/^src\//, './types/').replace(/\.tsx?$/, '.d.ts')
}
