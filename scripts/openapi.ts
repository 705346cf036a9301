/** `npm run openapi`: writes the gateway's contract to `openapi/openapi.json`, and generates the client's types from it. */
import { writeFile } from 'node:fs/promises'
import { renderClientTypes } from './openapi/render-client-types.ts'
import { renderContract } from './openapi/render-contract.ts'

const openapi = new URL('../openapi/', import.meta.url)
const contract = await renderContract()
await writeFile(new URL('openapi.json', openapi), contract)
await writeFile(new URL('packages/client/src/contract.ts', openapi), await renderClientTypes(contract))
