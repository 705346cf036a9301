/** `npm run clients`: generates the client libraries in `openapi/generated-clients/` from the contract. */
import { generateClients } from './clients/generate-clients.ts'
import { runCommand } from './run-command.ts'

await runCommand(async () => {
  await generateClients()
  return 0
})
