/** How the map brightens one colour channel of the picture. Source: ISO 21496-1; Adobe's Gain Map specification 1.0. */
export interface ChannelGain {
  /** Gains that the smallest and the largest number of the map stand for, in stops. */
  min: number
  max: number
  /** Exponent of the map's numbers. */
  gamma: number
  /** Added to the linear light of the picture before the gain, and subtracted after it. */
  baseOffset: number
  alternateOffset: number
}

/** The parameters for applying a gain map to its picture. */
export interface GainMapMetadata {
  /** One for all channels, or one each for red, green and blue. */
  channels: ChannelGain[]
  /** How far a display can exceed SDR white when it begins to use the map, and when it uses all of it; in stops. */
  baseHeadroom: number
  alternateHeadroom: number
  /** Whether gains apply to the picture's own colour space; otherwise to that of the map's profile. */
  usesBaseColours: boolean
}

const maxStops = 30

/**
 * Whether the numbers make sense, for a picture that is SDR itself. libultrahdr refuses others, and so no viewer of Android shows
 * them: see `uhdr_validate_gainmap_metadata_descriptor`.
 */
export function isUsable({ channels, baseHeadroom, alternateHeadroom }: GainMapMetadata): boolean {
  const areOrdered = 0 <= baseHeadroom && baseHeadroom < alternateHeadroom && alternateHeadroom <= maxStops
  return areOrdered && channels.every(isUsableGain)
}

function isUsableGain({ min, max, gamma, baseOffset, alternateOffset }: ChannelGain): boolean {
  const isRange = -maxStops <= min && min <= max && max <= maxStops
  return isRange && 0 < gamma && gamma <= 100 && [baseOffset, alternateOffset].every((o) => 0 <= o && o <= 1)
}
