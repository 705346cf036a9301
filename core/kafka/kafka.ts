import { Kafka, type KafkaConfig, type logCreator, logLevel } from 'kafkajs'
// kafkajs offers no other way to keep its SCRAM and to choose the credentials anew for each connection.
import authenticateWithScram from 'kafkajs/src/broker/saslAuthenticator/scram512.js'
import type { Logger } from '../telemetry/logger.ts'
import type { KafkaCredentials } from './kafka-credentials.ts'

export interface KafkaOptions {
  /** `host:port`, separated by commas. */
  brokers: string
  clientId: string
  logger: Logger
  /** PEM text of the authorities that may sign the brokers' certificates, or true for those that Node trusts. */
  tls?: { ca: string } | boolean
  /** For SASL with SCRAM-SHA-512. */
  credentials?: KafkaCredentials
}

/**
 * The Kafka client that `event-bus.ts` and `event-consumer.ts` are built on; nothing else knows kafkajs.
 * Its own retries are few: callers have a budget of time, and say so to theirs.
 */
export function createKafka({ brokers, clientId, logger, tls = false, credentials }: KafkaOptions): Kafka {
  return new Kafka({
    clientId,
    brokers: brokers.split(',').map((broker) => broker.trim()),
    ssl: typeof tls === 'boolean' ? tls : { ca: [tls.ca] },
    ...(credentials && { sasl: authenticateWith(credentials) }),
    connectionTimeout: 1_000,
    authenticationTimeout: 5_000,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3 },
    logLevel: logLevel.WARN,
    logCreator: logTo(logger),
  })
}

/** Each connection asks for the credentials that hold now; refused ones are read again for the next. */
function authenticateWith(credentials: KafkaCredentials): KafkaConfig['sasl'] {
  return {
    mechanism: 'scram-sha-512',
    authenticationProvider: (connection) => ({
      async authenticate() {
        const login = await credentials.read()
        try {
          await authenticateWithScram(login)(connection).authenticate()
        } catch (error) {
          credentials.refuse(login)
          throw error
        }
      },
    }),
  }
}

/**
 * One refused login is a dozen lines of kafkajs, for each broker and each retry. Whatever fails is also thrown to the
 * caller, who says it once; the lines are there for who looks for more.
 */
function logTo(logger: Logger): logCreator {
  return () => {
    return ({ namespace, log: { message, timestamp: _, ...details } }) =>
      logger.debug({ operation: 'kafka', namespace, ...details }, message)
  }
}
