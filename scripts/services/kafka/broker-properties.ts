import { join } from 'node:path'
import type { PortName } from '../choose-ports.ts'
import type { ServicesLayout } from '../services-layout.ts'
import type { ServicesState } from '../services-state.ts'

export type BrokerId = 1 | 2 | 3
export const brokerIds = [1, 2, 3] as const satisfies BrokerId[]

type Listener = '' | '-plaintext' | '-controller'

export function brokerAddress({ ports }: ServicesState, id: BrokerId, listener: Listener = ''): string {
  const name: PortName = `kafka-${id}${listener}`
  return `127.0.0.1:${ports[name]}`
}

export const brokerDirectory = ({ data }: ServicesLayout, id: BrokerId) => join(data, `kafka-${id}`)

/**
 * The settings of one of three brokers, each also a controller. Clients connect by SASL_SSL, which Lambda's trigger
 * requires; PLAINTEXT is for the brokers, tools and health checks.
 */
export function brokerProperties(layout: ServicesLayout, state: ServicesState, id: BrokerId): string {
  const settings = {
    ...network(layout, state, id),
    'log.dirs': brokerDirectory(layout, id),
    ...durability,
    ...smallMachine,
  }
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

function network(layout: ServicesLayout, state: ServicesState, id: BrokerId) {
  const clients = [
    `SASL_SSL://${brokerAddress(state, id)}`,
    `PLAINTEXT://${brokerAddress(state, id, '-plaintext')}`,
  ]
  const controllers = brokerIds.map((id) => brokerAddress(state, id, '-controller'))
  return {
    'process.roles': 'broker,controller',
    'node.id': id,
    listeners: [...clients, `CONTROLLER://${brokerAddress(state, id, '-controller')}`].join(','),
    'advertised.listeners': clients.join(','),
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': controllers.join(','),
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // Clients of PLAINTEXT are anonymous.
    'super.users': `User:ANONYMOUS;User:${state.kafka.username}`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(layout.tls, 'broker.pem'),
  }
}

/** As in production: with one broker down, no acknowledged message is lost. */
const durability = {
  'auto.create.topics.enable': true,
  'num.partitions': 4,
  'default.replication.factor': 3,
  'min.insync.replicas': 2,
  'unclean.leader.election.enable': false,
  'log.retention.hours': 168,
  'offsets.topic.replication.factor': 3,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.min.isr': 2,
  'share.coordinator.state.topic.replication.factor': 3,
  'share.coordinator.state.topic.min.isr': 2,
}

/** For three brokers on two cores with 256 MB each; the defaults assume dedicated machines. */
const smallMachine = {
  'num.network.threads': 2,
  'num.io.threads': 4,
  'offsets.topic.num.partitions': 8,
  'transaction.state.log.num.partitions': 8,
  'share.coordinator.state.topic.num.partitions': 2,
  'log.cleaner.dedupe.buffer.size': 8 * 1024 ** 2,
  // A consumer group starts at once instead of waiting for more members.
  'group.initial.rebalance.delay.ms': 0,
}
