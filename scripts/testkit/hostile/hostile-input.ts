import type { RejectionReason } from '../../../core/errors.ts'
import type { AcceptedContentType } from '../../../core/images/formats.ts'

export interface HostileInput {
  group: string
  name: string
  bytes: Buffer
  contentType: AcceptedContentType
  /** How it must end. `either`: with any verdict, as damage may or may not show. */
  expected: 'ready' | 'either' | RejectionReason
}

/** Stands in everything that an image carries besides its pixels. No output may have it. */
export const payload = 'hashgate-payload'
