import { newRecord } from '../../../core/images/image-record.ts'

/** A record of no particular image. */
export const someRecord = () =>
  newRecord(
    { tenant: 'acme', imageId: '9f'.repeat(32), byteLength: 1, contentType: 'image/jpeg' },
    Date.now(),
    604_800,
  )
