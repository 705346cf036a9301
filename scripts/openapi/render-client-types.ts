import { execFile } from 'node:child_process'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../openapi/generated-clients/typescript')
const program = join(folder, 'node_modules/.bin/openapi-typescript')
const options = ['--root-types', '--root-types-no-schema-prefix', '--export-type']

/** The named shapes of the contract as TypeScript, for the client in `openapi/client/`. @param contract the document as JSON */
export function renderClientTypes(contract: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // Without a file it reads the document from stdin and writes to stdout.
    const child = execFile(program, options, (error, stdout) => (error ? reject(error) : resolve(stdout)))
    child.stdin?.end(shapesOf(contract))
  })
}

/** Without the calls, which that client knows by itself, and without examples, which would fill pages of comments. */
function shapesOf(contract: string): string {
  const { openapi, info, components } = JSON.parse(contract)
  const shapes = { openapi, info, paths: {}, components: { schemas: components.schemas } }
  return JSON.stringify(shapes, (name, value) => (name === 'examples' ? undefined : value))
}
