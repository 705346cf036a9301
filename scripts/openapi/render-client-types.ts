import { execFile } from 'node:child_process'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../openapi/generated-clients/typescript')
const program = join(folder, 'node_modules/.bin/openapi-typescript')
const options = ['--root-types', '--root-types-no-schema-prefix', '--export-type']

/** Renders the contract's schemas as TypeScript types for `openapi/packages/client/`. @param contract the document as JSON */
export function renderClientTypes(contract: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // Without a file argument, the program reads stdin and writes to stdout.
    const child = execFile(program, options, (error, stdout) => (error ? reject(error) : resolve(stdout)))
    child.stdin?.end(schemasOf(contract))
  })
}

/** Leaves out the operations, which the client does not need, and the examples, which would become long comments. */
function schemasOf(contract: string): string {
  const { openapi, info, components } = JSON.parse(contract)
  const document = { openapi, info, paths: {}, components: { schemas: components.schemas } }
  return JSON.stringify(document, (name, value) => (name === 'examples' ? undefined : value))
}
