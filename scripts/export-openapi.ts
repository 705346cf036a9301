/** `npm run openapi`: writes the contract that the gateway serves to `openapi/openapi.json`. */
import { writeFile } from 'node:fs/promises'
import { renderContract } from './render-contract.ts'

await writeFile(new URL('../openapi/openapi.json', import.meta.url), await renderContract())
