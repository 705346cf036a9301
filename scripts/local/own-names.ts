import { randomBytes } from 'node:crypto'

export type OwnNames = ReturnType<typeof chooseOwnNames>

/** Names that nobody else has, so that a test can share the services with others. */
export function chooseOwnNames() {
  const id = randomBytes(4).toString('hex')
  return {
    RAW_BUCKET: `raw-${id}`,
    PROCESSED_BUCKET: `processed-${id}`,
    CATALOG_TABLE: `images-${id}`,
    KEYS_TABLE: `keys-${id}`,
    KAFKA_TOPIC_PREFIX: `${id}.`,
    KAFKA_GROUP_ID: `processor-${id}`,
  }
}
