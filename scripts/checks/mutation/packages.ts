/** The folders to mutate, each with the fewest fast test files that cover it. Stryker runs a file only for code that it reaches. */
export const packages: Record<string, string[]> = {
  'core/catalog': [
    'core/test/catalog/catalog*.test.ts',
    'core/test/catalog/create-catalog-table.test.ts',
    'core/test/catalog/day-table.test.ts',
    'core/test/catalog/images-of-day.test.ts',
    'core/test/catalog/reprocess-candidates.test.ts',
  ],
  'core/images': ['core/test/images/*.test.ts', 'core/test/events/image-events.test.ts'],
  'gateway/auth': ['gateway/test/auth/*.test.ts'],
  'gateway/uploads': [
    'gateway/test/uploads/*.test.ts',
    'gateway/test/routes/create-upload.test.ts',
    'gateway/test/routes/get-image.test.ts',
  ],
  'processor/pipeline': [
    'processor/test/pipeline/process-image*.test.ts',
    'processor/test/pipeline/reprocess-image.test.ts',
    'processor/test/pipeline/store-object.test.ts',
    'processor/test/pipeline/steps/*.test.ts',
    'processor/test/triggers/create-processor.test.ts',
    'processor/test/triggers/handle-uploads-completed.test.ts',
  ],
}
