/** `npm run test:contract`: fails if the API has a breaking change without a new major version. Needs git and Go. */
import { join } from 'node:path'
import { runCommand } from '../run-command.ts'
import { checkContract } from './contract/check-contract.ts'
import { findWithOasdiff } from './contract/find-breaking-changes.ts'
import { installOasdiff } from './contract/install-oasdiff.ts'

const repository = join(import.meta.dirname, '../..')

await runCommand(async () => {
  const program = await installOasdiff(join(repository, '.cache/contract'))
  return (await checkContract(repository, findWithOasdiff(program))) ? 0 : 1
})
