import { commonJs } from '../bundle.ts'

/** How one package of `openapi/packages/` is built. */
export interface PackageBuild {
  /** Name of its folder. */
  name: string
  /**
   * Bundles by name without `.js`, with their sources relative to the package. Packages that its `package.json` names as dependencies or
   * peer dependencies are not bundled; all others are.
   */
  entries: Record<string, string>
  /** Commands, with the entry that each runs. */
  bin?: Record<string, string>
  /** Other files that are published and exported as they are, such as a style sheet: path in the package, and source. */
  copied?: Record<string, string>
  /** `node20` bundles may import Node's modules. Only the others are published with types. */
  target: 'browsers' | 'node20'
  /** First line of each bundle, after a shebang. */
  banner?: string
}

/** A package comes after those it depends on. */
export const packageBuilds: PackageBuild[] = [
  {
    name: 'client',
    entries: { index: 'src/index.ts', 'hash-worker': 'src/hash/hash-worker.ts' },
    target: 'browsers',
  },
  { name: 'react', entries: { index: 'src/index.ts' }, target: 'browsers', banner: "'use client'" },
  { name: 'uppy', entries: { index: 'src/index.ts' }, target: 'browsers' },
  {
    name: 'cli',
    entries: { hashgate: 'src/hashgate.ts' },
    bin: { hashgate: 'hashgate' },
    target: 'node20',
    // esbuild puts this after the first line of the source, the shebang.
    banner: commonJs,
  },
]
