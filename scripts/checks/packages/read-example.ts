import { readFile } from 'node:fs/promises'

const packages = new URL('../../../openapi/packages/', import.meta.url)

/** The first TypeScript example in the README of a package. @throws Error when there is none */
export async function readExample(name: string): Promise<{ language: string; example: string }> {
  const readme = await readFile(new URL(`${name}/README.md`, packages), 'utf8')
  const [, language, example] = /```(tsx?)\n(.*?)```/s.exec(readme) ?? []
  if (!language || !example) throw new Error(`The README of ${name} has no TypeScript example.`)
  return { language, example }
}
