import type { ImageRef } from '../core/object-key.ts'

/** One record of a trigger's event: the image that it speaks of, or why it speaks of none. */
export type TriggerItem = {
  /** Names the record within its source: for S3 key and sequencer, for Kafka topic, partition and offset. */
  id: string
} & ({ image: ImageRef } | { skipped: string })
