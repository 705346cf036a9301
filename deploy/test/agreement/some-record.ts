import { newRecord } from '../../../core/images/image-record.ts'

/** An image record for tests that do not depend on its values. */
export const someRecord = () =>
  newRecord(
    { tenant: 'acme', imageId: '9f'.repeat(32), byteLength: 1, contentType: 'image/jpeg' },
    Date.now(),
    604_800,
  )
