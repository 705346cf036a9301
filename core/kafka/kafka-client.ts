import { Kafka, type KafkaConfig, type logCreator, logLevel } from 'kafkajs'
// The only way to use kafkajs's SCRAM with credentials that are read again for each connection.
import authenticateWithScram from 'kafkajs/src/broker/saslAuthenticator/scram512.js'
import type { Logger } from '../telemetry/logger.ts'
import { registerFetchDecoder } from './decode-fetch.ts'
import type { KafkaCredentials } from './kafka-credentials.ts'

export interface KafkaOptions {
  /** `host:port`, separated by commas. */
  brokers: string
  clientId: string
  logger: Logger
  /** Certificate authorities in PEM, or true for those that Node.js trusts. */
  tls?: { ca: string } | boolean
  /** Credentials for SASL with SCRAM-SHA-512. */
  credentials?: KafkaCredentials
}

/** A client for one Kafka cluster. It retries only a few times, because callers have their own time budgets. */
export type KafkaClient = Kafka

registerFetchDecoder()

/** Creates a client. Nothing outside `core/kafka` imports kafkajs. */
export function createKafka({
  brokers,
  clientId,
  logger,
  tls = false,
  credentials,
}: KafkaOptions): KafkaClient {
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

/** Reads the credentials for each connection. After a refusal the next connection reads them again. */
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

/** kafkajs logs a dozen lines per failed login, broker and retry. The caller also gets and logs the error, so these lines are debug output. */
function logTo(logger: Logger): logCreator {
  return () => {
    return ({ namespace, log: { message, timestamp: _, ...details } }) =>
      logger.debug({ operation: 'kafka', namespace, ...details }, message)
  }
}
