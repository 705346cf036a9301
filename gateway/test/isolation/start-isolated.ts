import type { Test } from 'tap'
import { createCatalog } from '../../../core/catalog/catalog.ts'
import { createCatalogTable } from '../../../core/catalog/create-catalog-table.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { createWebhookTable, openWebhookStore } from '../../../core/webhooks/webhook-store.ts'
import { createTestApp, testConfig } from '../../../scripts/testkit/create-test-app.ts'
import { createKeyTableDouble } from '../../../scripts/testkit/key-table-double.ts'
import { startTestDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import { createEventSource } from '../../../scripts/testkit/streams/create-event-source.ts'
import { createAudit } from '../../auth/audit.ts'
import { identifyByAny } from '../../auth/identify.ts'
import { createIdentifyByKey } from '../../auth/identify-by-key.ts'
import { createIdentifyByToken } from '../../auth/identify-by-token.ts'
import { openIssuerKeys } from '../../auth/issuer-keys.ts'
import { startIssuer } from '../auth/start-issuer.ts'

export type Isolated = Awaited<ReturnType<typeof startIsolated>>

/** The app over a real catalog and store of webhooks that accepts keys and tokens. `asked` lists the DynamoDB commands it sends. */
export async function startIsolated(t: Test) {
  const { client, documents } = await startTestDynamoDb(t)
  const tableName = 'images'
  await createCatalogTable(client, tableName)
  await createWebhookTable(client, 'webhooks')
  const asked: string[] = []
  client.middlewareStack.add((next, { commandName = '' }) => (args) => {
    asked.push(commandName)
    return next(args)
  })
  const now = Date.now
  const catalog = createCatalog(documents, { tableName, retentionSeconds: 7 * 86_400, now })
  const keys = createKeyTableDouble()
  const issuer = await startIssuer(t)
  const settings = { ...testConfig, JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: 'hashgate' }
  const audit = createAudit(createLogger('gateway', 'silent'))
  const identify = identifyByAny({
    byKey: createIdentifyByKey({ keys, audit, now }),
    byToken: createIdentifyByToken(settings, { keys: openIssuerKeys(settings), now }),
  })
  const webhooks = openWebhookStore(documents, 'webhooks', now)
  const source = createEventSource()
  const { app, published, stored } = await createTestApp(t, {
    dependencies: { catalog, webhooks, identify, now, liveEvents: source },
  })
  return { app, catalog, webhooks, keys, issuer, asked, published, stored, source }
}
