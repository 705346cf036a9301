/** `npm run config-docs`: writes every setting of the gateway, the processor and the commands to `docs/CONFIGURATION.md`. */
import { writeFile } from 'node:fs/promises'
import { renderConfiguration } from './config-docs/render-configuration.ts'

await writeFile(new URL('../docs/CONFIGURATION.md', import.meta.url), renderConfiguration())
