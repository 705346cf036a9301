import type { Admin } from 'kafkajs'
import { retryWhile } from './retry-while.ts'

/**
 * Returns the offset that a group has committed for each partition of a topic, without partitions that it has not committed.
 * Brokers move a group to another coordinator when one of them restarts or is overloaded, and kafkajs does not retry that.
 * @throws Error when the topic does not exist, or the group has no coordinator for 30 seconds
 */
export async function readCommittedOffsets(
  admin: Pick<Admin, 'fetchOffsets'>,
  groupId: string,
  topic: string,
): Promise<Map<number, bigint>> {
  const found = await retryWhile(isCoordinatorMoving, () => admin.fetchOffsets({ groupId, topics: [topic] }))
  const partitions = found.flatMap(({ partitions }) => partitions)
  return new Map(
    partitions
      .map(({ partition, offset }) => [partition, BigInt(offset)] as const)
      .filter(([, offset]) => offset >= 0n),
  )
}

const movingErrors = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
])

function isCoordinatorMoving(error: unknown): boolean {
  return movingErrors.has((error as { type?: string })?.type ?? '')
}
