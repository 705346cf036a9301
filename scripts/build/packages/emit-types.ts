import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'

interface TypesOptions {
  /** Root of the repository. */
  root: string
  /** Folder with the sources of the package. */
  source: string
  /** Entry points, relative to `source`. */
  entries: string[]
  /** Folder for the declarations. */
  out: string
  /** Built packages that this one imports, by name, with the file that declares them. */
  imported: Record<string, string>
}

/** Relative imports in declarations, which end in `.ts` as in the sources. */
const relativeImport = /(\bfrom |\bimport\()(['"])(\.{1,2}\/[^'"]+)\.tsx?\2/g

/**
 * Writes the declarations of the entry points, and of the sources that these mention, for publication.
 * @throws Error with the compiler's output if the sources do not compile
 */
export async function emitTypes({ root, source, entries, out, imported }: TypesOptions): Promise<void> {
  // Inside the repository, so that the compiler finds the installed packages.
  await mkdir(join(root, '.cache'), { recursive: true })
  const scratch = await mkdtemp(join(root, '.cache/types-'))
  try {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: source,
        outDir: scratch,
        jsxImportSource: 'react',
        paths: Object.fromEntries(Object.entries(imported).map(([name, file]) => [name, [file]])),
      },
      include: [],
      files: entries.map((entry) => join(source, entry)),
    }
    await writeFile(join(scratch, 'tsconfig.json'), JSON.stringify(config))
    await compile(root, scratch)
    await copyMentioned(
      scratch,
      entries.map((entry) => entry.replace(/\.tsx?$/, '')),
      out,
    )
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function compile(root: string, project: string): Promise<void> {
  const tsc = join(root, 'node_modules/.bin/tsc')
  await promisify(execFile)(tsc, ['--project', project], { cwd: root }).catch(({ stdout, message }) => {
    throw new Error(`The types cannot be built:\n${stdout || message}`)
  })
}

/** Copies modules and what they import. Declarations of internal modules are left out. @param modules relative, without extension */
async function copyMentioned(from: string, modules: string[], to: string): Promise<void> {
  const seen = new Set(modules)
  for (const module of seen) {
    const text = await readFile(join(from, `${module}.d.ts`), 'utf8')
    for (const [, , , path = ''] of text.matchAll(relativeImport)) {
      seen.add(relative(from, join(from, dirname(module), path)))
    }
    const file = join(to, `${module}.d.ts`)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text.replace(relativeImport, '$1$2$3.js$2'))
  }
}
