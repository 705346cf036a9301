import { createEventTopics } from '../../core/events/create-event-topics.ts'
import { type AccessRule, allowAccess } from '../../core/kafka/admin/allow-access.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import { componentUsers } from '../services/kafka/component-users.ts'
import { allowBrowsers } from '../services/versitygw/allow-browsers.ts'
import { describeAccess } from '../topics/describe-access.ts'
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
 * Uses the services of `npm run services`, and creates missing buckets, tables, topics and access rules in them.
 * @throws Error that says what to do when the services are not running
 */
export function useServices({ settings = {}, ...options }: ServicesOptions = {}): StartBacking {
  return async () => {
    const services = await readServicesEnvironment()
    const environment = { ...services, ...settings }
    await createStores(environment)
    await allowBrowsers(environment)
    const topicPrefix = settings.KAFKA_TOPIC_PREFIX ?? ''
    const kafka = await connectServicesKafka()
    await createEventTopics(kafka, { topicPrefix, partitions, retentionDays: 7 })
    await allowAccess(kafka, accessOf(settings))
    return { environment, logins, processorPort: portOf(services.S3_EVENT_URL), ...options }
  }
}

const { gateway, processor } = componentUsers
const logins = { gateway: { KAFKA_SASL_USERNAME: gateway }, processor: { KAFKA_SASL_USERNAME: processor } }

/** What the gateway and the worker may do on Kafka. The worker also delivers webhooks. */
export function accessOf(settings: Record<string, string>): AccessRule[] {
  const {
    KAFKA_TOPIC_PREFIX: topicPrefix = '',
    KAFKA_GROUP_ID = 'hashgate-processor',
    KAFKA_WEBHOOK_GROUP_ID = 'hashgate-webhooks',
  } = settings
  return describeAccess({
    topicPrefix,
    users: { gateway, processor, webhooks: processor },
    groups: { processor: [KAFKA_GROUP_ID], webhooks: [KAFKA_WEBHOOK_GROUP_ID] },
  })
}

/** The webhook URL is fixed when versitygw starts, so the processor must listen on its port. */
function portOf(url: string): number {
  return Number(new URL(url).port || 80)
}
