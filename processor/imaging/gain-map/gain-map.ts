import type { ImageHeader } from '../read-header.ts'
import type { GainMapMetadata } from './gain-map-metadata.ts'

/** The gain map of an original, whose header has been read and checked. */
export interface GainMap {
  /** Prepared for the decoder, without metadata except the orientation of the picture. */
  bytes: Buffer
  header: ImageHeader
  metadata: GainMapMetadata
  /** The only colours that a variant may have for the map to be right. */
  colors: readonly ('srgb' | 'p3')[]
}

export interface InspectedGainMap {
  gainMap?: GainMap
  /** Why the gain map that the original has or claims to have cannot be kept; for the log. */
  gainMapOmitted?: string
}
