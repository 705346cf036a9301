/**
 * `npm run test:clients [-- LANGUAGE…]`: generates the client libraries, and uploads a photo to a local system with each of them.
 * Without a language it also runs the snippets of docs/WEBHOOKS.md. Needs Java, Maven, Go and Python.
 */
import { parseArgs } from 'node:util'
import { generateClients } from '../clients/generate-clients.ts'
import { withSystem } from '../local/with-system.ts'
import { runCommand } from '../run-command.ts'
import { clientPrograms } from './clients/client-programs.ts'
import { buildClient, tryClient } from './clients/try-client.ts'
import { trySnippets } from './clients/webhooks/try-snippets.ts'

await runCommand(main)

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const chosen = clientPrograms.filter(
    ({ language }) => positionals.length === 0 || positionals.includes(language),
  )
  await generateClients()
  for (const client of chosen) await buildClient(client)

  await withSystem(async (system) => {
    for (const client of chosen) await tryClient(client, system)
  })
  if (positionals.length === 0) await trySnippets()
  console.log(`${chosen.length} passed, 0 failed`)
  return 0
}
