import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readExample } from './read-example.ts'
import { runProgram } from './run-program.ts'

const root = join(import.meta.dirname, '../../..')
const modules = join(root, 'node_modules')

const consumer = `import { type Image, type UploadResult, uploadImage, uploadImages, watchImages } from '@hashgate/client'

const options = { gateway: 'http://127.0.0.1:3000', key: 'k' }
export const one: Promise<Image> = uploadImage(new Blob(['x']), { ...options, hash: async (file: Blob) => file.type })
export const all: Promise<UploadResult<Blob>[]> = uploadImages([new Blob(['x'])], options)
// @ts-expect-error a key is required
export const wrong = uploadImage(new Blob(['x']), { gateway: 'http://127.0.0.1:3000' })
for await (const { status } of watchImages(['id'], options)) status satisfies Image['status']
`

/** Compiles a program that uses the client, with its declarations checked: with the types of browsers, and with those of Node alone. */
export async function checkTypes(project: string): Promise<void> {
  await writeFile(join(project, 'consumer.ts'), consumer)
  await mkdir(join(project, 'node_modules/@types'), { recursive: true })
  for (const name of ['@types/node', 'undici-types']) {
    await symlink(join(modules, name), join(project, 'node_modules', name))
  }
  const common = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    'false',
    '--module',
    'nodenext',
    '--target',
    'es2023',
  ]
  for (const libraries of [
    ['--lib', 'es2024,dom,dom.iterable', '--types', ''],
    ['--lib', 'es2024', '--types', 'node'],
  ]) {
    await runProgram(project, [join(modules, '.bin/tsc'), ...common, ...libraries, 'consumer.ts'])
  }
}

/** Compiles the first example of the README of a package, and imports the package in Node, as for rendering on a server. */
export async function checkExample(project: string, name: string): Promise<void> {
  const { language, example } = await readExample(name)
  const file = `example-${name}.${language}`
  await writeFile(join(project, file), example)
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'esnext',
    '--jsx',
    'react-jsx',
  ]
  await runProgram(project, [join(modules, '.bin/tsc'), ...options, '--types', '', file])
  await runProgram(project, [process.execPath, '--input-type=module', '--eval', `import '@hashgate/${name}'`])
}
