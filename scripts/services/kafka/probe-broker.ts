import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { createKafka } from '../../../core/kafka/kafka-client.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import type { ServicesLayout } from '../services-layout.ts'
import type { ServicesState } from '../services-state.ts'
import { type BrokerId, brokerAddress } from './broker-properties.ts'

/** Resolves if the broker is a member of its cluster and presents a trusted certificate. */
export async function probeBroker(layout: ServicesLayout, state: ServicesState, id: BrokerId): Promise<void> {
  await assertMember(state, id)
  await assertTrusted(layout, state, id)
}

async function assertMember(state: ServicesState, id: BrokerId): Promise<void> {
  const logger = createLogger('services', 'silent')
  const brokers = brokerAddress(state, id, '-plaintext')
  const admin = createKafka({ brokers, clientId: 'hashgate-services', logger }).admin({
    retry: { retries: 0 },
  })
  try {
    await admin.connect()
    const cluster = await admin.describeCluster()
    if (!cluster.brokers.some(({ nodeId }) => nodeId === id))
      throw new Error('not yet a member of the cluster')
  } finally {
    await admin.disconnect()
  }
}

async function assertTrusted({ tls }: ServicesLayout, state: ServicesState, id: BrokerId): Promise<void> {
  const [host, port] = brokerAddress(state, id).split(':')
  const socket = connect({ host, port: Number(port), ca: await readFile(join(tls, 'ca.pem')) })
  try {
    await once(socket, 'secureConnect')
  } finally {
    socket.destroy()
  }
}
