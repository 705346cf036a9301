/**
 * `npm run test:clients [-- LANGUAGE…]`: makes the client libraries, and uploads a photo to a local system with each of them.
 * Needs Java, Maven, Go and Python.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { clientPrograms } from './clients/client-programs.ts'
import { generateClients } from './clients/generate-clients.ts'
import { buildClient, tryClient } from './clients/try-client.ts'
import { startSystem } from './local/start-system.ts'
import { runCommand } from './run-command.ts'

await runCommand(main)

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const chosen = clientPrograms.filter(
    ({ language }) => positionals.length === 0 || positionals.includes(language),
  )
  await generateClients()
  for (const client of chosen) await buildClient(client)

  const dataDirectory = await mkdtemp(join(tmpdir(), 'hashgate-clients-'))
  const system = await startSystem({ dataDirectory, port: 0 })
  try {
    for (const client of chosen) await tryClient(client, system)
  } finally {
    await system.close()
    await rm(dataDirectory, { recursive: true, force: true })
  }
  console.log(`${chosen.length} passed, 0 failed`)
  return 0
}
