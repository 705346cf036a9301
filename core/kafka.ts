import { Kafka, type logCreator, logLevel } from 'kafkajs'
import type { Logger } from './logger.ts'

export interface KafkaOptions {
  /** `host:port`, separated by commas. */
  brokers: string
  clientId: string
  logger: Logger
}

/**
 * The Kafka client that `event-bus.ts` and `event-consumer.ts` are built on; nothing else knows kafkajs.
 * Its own retries are few: callers have a budget of time, and say so to theirs.
 */
export function createKafka({ brokers, clientId, logger }: KafkaOptions): Kafka {
  return new Kafka({
    clientId,
    brokers: brokers.split(',').map((broker) => broker.trim()),
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3 },
    logLevel: logLevel.WARN,
    logCreator: logTo(logger),
  })
}

function logTo(logger: Logger): logCreator {
  return () => {
    return ({ level, namespace, log: { message, timestamp: _, ...details } }) =>
      logger[level === logLevel.ERROR ? 'error' : 'warn'](
        { operation: 'kafka', namespace, ...details },
        message,
      )
  }
}
