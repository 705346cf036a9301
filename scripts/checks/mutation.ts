/** `npm run test:mutation [-- PACKAGE…]`: mutates the source of a folder and counts the mutants that its tests detect. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCommand } from '../run-command.ts'
import { packages } from './mutation/packages.ts'
import { testPackage } from './mutation/test-package.ts'

const repository = join(import.meta.dirname, '../..')

await runCommand(async () => {
  const { positionals } = parseArgs({ allowPositionals: true })
  const names = positionals.length > 0 ? positionals : Object.keys(packages)
  for (const name of names) {
    if (!packages[name])
      throw new Error(`No package "${name}". Packages: ${Object.keys(packages).join(', ')}.`)
  }
  process.chdir(repository)
  const scores: string[] = []
  for (const name of names) scores.push(await testPackage(name, packages[name] ?? []))
  console.log(scores.join('\n'))
  return 0
})
