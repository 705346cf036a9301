import { createEventTopics } from '../../core/events/create-event-topics.ts'
import { readServicesEnvironment } from '../services/env-file.ts'
import type { Backing, StartBacking } from './backing.ts'
import { connectServicesKafka } from './connect-services-kafka.ts'
import { createStores } from './create-stores.ts'

export interface ServicesOptions extends Omit<Backing, 'environment'> {
  /** Over the ones in the services' env file: other buckets, another table, other topics. */
  settings?: Record<string, string>
}

/** Three brokers on one machine with one worker. */
const partitions = 4

/**
 * The services of `npm run services`. What of them the system needs is made when it is not there.
 * @throws Error that says what to do when they are not up
 */
export function useServices({ settings = {}, ...options }: ServicesOptions = {}): StartBacking {
  return async () => {
    const services = await readServicesEnvironment()
    const environment = { ...services, ...settings }
    await createStores(environment)
    const topicPrefix = settings.KAFKA_TOPIC_PREFIX ?? ''
    await createEventTopics(await connectServicesKafka(), { topicPrefix, partitions, retentionDays: 7 })
    return { environment, processorPort: portOf(services.S3_EVENT_URL), ...options }
  }
}

/** versitygw is told when it starts where it posts its events: the processor has to be there. */
function portOf(url: string): number {
  return Number(new URL(url).port || 80)
}
