/**
 * Delivers webhooks in a separate process, so that a flood of them takes neither memory nor time from image processing. The workers
 * that process images then run without WEBHOOKS_TABLE.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { ConfigError, readOrExit } from '../core/config/read-config.ts'
import { connectKafka } from '../core/kafka/connect-kafka.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { readProcessorConfig } from './config.ts'
import { startWebhooks } from './webhooks/start-webhooks.ts'

/** Tries in progress get this long at shutdown. Unfinished ones are repeated once their lease expires. */
const graceMs = 2_500

const config = await readOrExit(() => {
  const config = readProcessorConfig()
  if (!config.WEBHOOKS_TABLE) throw new ConfigError('WEBHOOKS_TABLE is not set.')
  return config
})
const logger = createLogger('webhooks', config.LOG_LEVEL)
const kafka = await readOrExit(() => connectKafka(config, { clientId: 'hashgate-webhooks', logger }))
const webhooks = startWebhooks(config, { kafka, logger })

closeWithGrace({ delay: graceMs + 1_000, logger }, async ({ err }) => {
  if (err) logger.fatal({ operation: 'close', err }, 'closing after an error')
  await Promise.race([webhooks.close(), sleep(graceMs)])
})

logger.info({ operation: 'start' }, 'delivering webhooks')
process.send?.({ ready: true })
