import { test } from 'tap'
import { readProcessorConfig } from '../config.ts'

const required = {
  RAW_BUCKET: 'raw',
  PROCESSED_BUCKET: 'processed',
  CATALOG_TABLE: 'images',
  KAFKA_BROKERS: 'a:9092',
}

test('what must be said is little, and mistakes are named together', async (t) => {
  Object.assign(process.env, required)
  t.match(readProcessorConfig(), {
    ...required,
    MAX_UPLOAD_BYTES: 52_428_800,
    MAX_INPUT_PIXELS: 100_000_000,
    LEASE_SECONDS: 120,
    IMAGE_TIMEOUT_SECONDS: 60,
    DECODE_TIMEOUT_SECONDS: 30,
    IMAGES_IN_FLIGHT: 2,
    MAX_ATTEMPTS: 5,
  })
  Object.assign(process.env, { IMAGES_IN_FLIGHT: '0', LEASE_SECONDS: 'soon' })
  t.throws(
    readProcessorConfig,
    /IMAGES_IN_FLIGHT must be >= 1\.\nLEASE_SECONDS must be integer\.|LEASE_SECONDS must be integer\.\nIMAGES_IN_FLIGHT must be >= 1\./,
  )
})
