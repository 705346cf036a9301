import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalSystem } from '../../local/start-system.ts'
import { runProgram } from './run-program.ts'

const root = join(import.meta.dirname, '../../..')

/** Runs the example of the README like a user. @returns a line for the table */
export async function tryInNode(
  program: string,
  project: string,
  { gatewayUrl, key }: LocalSystem,
): Promise<string> {
  const readme = await readFile(join(root, 'openapi/packages/client/README.md'), 'utf8')
  const example = /```js\n(.*?)```/s.exec(readme)?.[1]
  if (!example) throw new Error('The README of the client has no JavaScript example.')
  await writeFile(join(project, 'upload.js'), example)
  await copyFile(join(root, 'processor/test/photos/drum-portrait.jpg'), join(project, 'photo.jpg'))
  const variables = { HASHGATE_GATEWAY: gatewayUrl, HASHGATE_KEY: key }
  const output = await runProgram(project, [program, 'upload.js', 'photo.jpg'], variables)
  if (!/^thumb \d+ × \d+ http/m.test(output)) throw new Error(`The example of the README printed:\n${output}`)
  return `README example: photo uploaded with Node ${await runProgram(project, [program, '--version'])}`
}
