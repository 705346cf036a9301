import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

const root = resolve(import.meta.dirname, '../../..')
const { stdout } = await promisify(execFile)(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  { cwd: root },
)
const files = stdout.split('\n').filter((file) => existsSync(join(root, file)))
const paths = new Set(files.flatMap((file) => [file, ...foldersOf(file)]))
const topFolders = ['core', 'gateway', 'processor', 'openapi', 'scripts', 'deploy', 'docs']
const codeBlock = /^ *```[\s\S]*?^ *```/gm
const pathInCode = new RegExp(`(?<![\\w/.-])(?:\\./)?((?:${topFolders.join('|')})/[\\w./-]*\\w)`, 'g')

for (const page of files.filter((file) => file.endsWith('.md'))) {
  const source = await readFile(join(root, page), 'utf8')
  const text = withoutCodeBlocks(source)

  t.test(`${page}: every repository path exists`, async (t) => {
    for (const [, code = ''] of text.matchAll(/`([^`\n]+)`/g)) {
      if (namesPath(code)) t.ok(isPath(code.replace(/\/$/, ''), page), code)
    }
    for (const [block] of source.matchAll(codeBlock)) {
      for (const [, path = ''] of block.matchAll(pathInCode)) t.ok(paths.has(path), path)
    }
  })

  t.test(`${page}: every relative link resolves`, async (t) => {
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue
      const [target = '', anchor] = link.split('#')
      const path = target ? join(dirname(page), target).replace(/\/$/, '') : page
      t.ok(paths.has(path), link)
      if (anchor && paths.has(path)) t.ok((await anchorsOf(path)).includes(anchor), link)
    }
  })
}

function foldersOf(file: string): string[] {
  const folder = dirname(file)
  return folder === '.' ? [] : [folder, ...foldersOf(folder)]
}

/** Whether code is a path from the repository's root or the name of a source file. */
function namesPath(code: string): boolean {
  if (!/^[\w.@/-]+$/.test(code)) return false
  return topFolders.includes(code.split('/')[0] ?? '') ? code.includes('/') : /\.(ts|yaml|md)$/.test(code)
}

/** Resolves a path from the root, from the page's folder, or as the end of a file's path. */
function isPath(code: string, page: string): boolean {
  return (
    paths.has(code) || paths.has(join(dirname(page), code)) || files.some((file) => file.endsWith(`/${code}`))
  )
}

/** The anchors that GitHub generates for a page's headings. */
async function anchorsOf(page: string): Promise<string[]> {
  const text = withoutCodeBlocks(await readFile(join(root, page), 'utf8'))
  return [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function withoutCodeBlocks(text: string): string {
  return text.replace(codeBlock, '')
}
