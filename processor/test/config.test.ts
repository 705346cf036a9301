import { test } from 'tap'
import { variants } from '../../core/images/variants.ts'
import { readProcessorConfig } from '../config.ts'

const required = {
  RAW_BUCKET: 'raw',
  PROCESSED_BUCKET: 'processed',
  CATALOG_TABLE: 'images',
  KAFKA_BROKERS: 'a:9092',
}

test('few settings are required, and all invalid ones are named together', async (t) => {
  Object.assign(process.env, required)
  t.match(readProcessorConfig(), {
    ...required,
    MAX_UPLOAD_BYTES: 52_428_800,
    MAX_INPUT_PIXELS: 100_000_000,
    LEASE_SECONDS: 120,
    IMAGE_TIMEOUT_SECONDS: 60,
    DECODE_TIMEOUT_SECONDS: 30,
    DECODE_MEMORY_MB: 140,
    IMAGES_IN_FLIGHT: 2,
    MAX_ATTEMPTS: 5,
    KEEP_LOCATION: false,
    variants,
  })
  Object.assign(process.env, { IMAGES_IN_FLIGHT: '0', LEASE_SECONDS: 'soon' })
  t.throws(
    readProcessorConfig,
    /^(IMAGES_IN_FLIGHT must be an integer from 1 to 64\.|LEASE_SECONDS must be an integer of at least 1\.|\n)*$/,
  )
})

test('errors of the variant table are reported with those of the other settings', async (t) => {
  const others = { IMAGES_IN_FLIGHT: '1', LEASE_SECONDS: '60' }
  const table = '[{"name":"tile","width":9,"height":9}]'
  t.match(readProcessorConfig({ ...required, ...others, VARIANTS: table, KEEP_LOCATION: 'true' }), {
    KEEP_LOCATION: true,
    variants: [{ name: 'tile', width: 9, format: 'webp' }],
  })
  const faulty = { ...required, ...others, KEEP_LOCATION: 'perhaps', VARIANTS: '[{"name":"A","width":9}]' }
  const faults = faultsOf(() => readProcessorConfig(faulty))
  t.match(faults.sort(), [
    'KEEP_LOCATION must be true or false.',
    'VARIANTS[0].height is not set.',
    /^VARIANTS\[0\]\.name must be 1 to 32 lower-case letters/,
  ])
})

test('times that contradict each other are reported at the start', async (t) => {
  const read = (times: Record<string, string>) =>
    faultsOf(() =>
      readProcessorConfig({ ...required, IMAGES_IN_FLIGHT: '1', LEASE_SECONDS: '120', ...times }),
    )
  t.strictSame(read({ IMAGE_TIMEOUT_SECONDS: '29' }), [
    'DECODE_TIMEOUT_SECONDS must be at most IMAGE_TIMEOUT_SECONDS.',
  ])
  t.strictSame(read({ LEASE_SECONDS: '39' }), [
    'DECODE_TIMEOUT_SECONDS must be at most three quarters of LEASE_SECONDS.',
  ])
  t.strictSame(read({ DECODE_TIMEOUT_SECONDS: '91' }), [
    'DECODE_TIMEOUT_SECONDS must be at most IMAGE_TIMEOUT_SECONDS and at most three quarters of LEASE_SECONDS.',
  ])
  for (const fitting of [{ IMAGE_TIMEOUT_SECONDS: '30' }, { LEASE_SECONDS: '40' }] as Record<
    string,
    string
  >[])
    t.strictSame(read(fitting), [])
})

function faultsOf(read: () => unknown): string[] {
  try {
    read()
  } catch (error) {
    return (error as Error).message.split('\n')
  }
  return []
}
