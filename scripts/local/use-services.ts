import { createEventTopics } from '../../core/events/create-event-topics.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import { allowBrowsers } from '../services/versitygw/allow-browsers.ts'
import type { Backing, StartBacking } from './backing.ts'
import { connectServicesKafka } from './connect-services-kafka.ts'
import { createStores } from './create-stores.ts'

export interface ServicesOptions extends Omit<Backing, 'environment'> {
  /** Settings that override the env file of the services: other buckets, tables or topics. */
  settings?: Record<string, string>
}

/** Enough for three brokers on one machine with one worker. */
const partitions = 4

/**
 * Uses the services of `npm run services`, and creates missing buckets, tables and topics in them.
 * @throws Error that says what to do when the services are not running
 */
export function useServices({ settings = {}, ...options }: ServicesOptions = {}): StartBacking {
  return async () => {
    const services = await readServicesEnvironment()
    const environment = { ...services, ...settings }
    await createStores(environment)
    await allowBrowsers(environment)
    const topicPrefix = settings.KAFKA_TOPIC_PREFIX ?? ''
    await createEventTopics(await connectServicesKafka(), { topicPrefix, partitions, retentionDays: 7 })
    return { environment, processorPort: portOf(services.S3_EVENT_URL), ...options }
  }
}

/** The webhook URL is fixed when versitygw starts, so the processor must listen on its port. */
function portOf(url: string): number {
  return Number(new URL(url).port || 80)
}
