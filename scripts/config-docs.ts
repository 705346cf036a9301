/**
 * `npm run config-docs`: writes every setting of the gateway, the processor and the commands to `docs/CONFIGURATION.md`, and the views of
 * the warehouse to `deploy/analytics/VIEWS.md`.
 */
import { writeFile } from 'node:fs/promises'
import { renderConfiguration } from './config-docs/render-configuration.ts'
import { renderViews } from './config-docs/render-views.ts'

await writeFile(new URL('../docs/CONFIGURATION.md', import.meta.url), renderConfiguration())
await writeFile(new URL('../deploy/analytics/VIEWS.md', import.meta.url), renderViews())
