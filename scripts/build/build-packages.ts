/** `npm run build:packages [-- NAME…]`: builds the npm packages into `dist/packages/`. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCommand } from '../run-command.ts'
import { buildPackage } from './packages/build-package.ts'
import { packageBuilds } from './packages/package-builds.ts'

const out = join(import.meta.dirname, '../../dist/packages')

await runCommand(async () => {
  const { positionals } = parseArgs({ allowPositionals: true })
  const names = packageBuilds.map(({ name }) => name)
  const unknown = positionals.find((name) => !names.includes(name))
  if (unknown) throw new Error(`There is no package "${unknown}". The packages are ${names.join(', ')}.`)
  for (const definition of packageBuilds) {
    if (positionals.length > 0 && !positionals.includes(definition.name)) continue
    console.log(await buildPackage(definition, out))
  }
  return 0
})
