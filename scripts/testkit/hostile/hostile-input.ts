import type { RejectionReason } from '../../../core/errors.ts'
import type { AcceptedContentType } from '../../../core/images/formats.ts'

export interface HostileInput {
  group: string
  name: string
  bytes: Buffer
  contentType: AcceptedContentType
  /** The required verdict. `either` accepts any, because a decoder may or may not notice the damage. */
  expected: 'ready' | 'either' | RejectionReason
}

/** A marker in every part of an image except its pixels. No output may contain it. */
export const payload = 'hashgate-payload'
