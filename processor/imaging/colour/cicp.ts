import { primariesByCode, srgbPrimaries } from './chromaticities.ts'
import type { ColourEncoding, Transfer } from './colour-encoding.ts'
import {
  gammaTransfer,
  linearTransfer,
  smpte240Transfer,
  smpte428Transfer,
  srgbTransfer,
} from './transfers.ts'

/** Coding-independent code points. Source: ITU-T H.273. */
export interface Cicp {
  /** `ColourPrimaries`, `TransferCharacteristics` and `MatrixCoefficients`; 2 is unspecified. */
  primaries: number
  transfer: number
  matrix: number
  /** Whether 0 is black. Otherwise, black is 16 and white 235, of 8 bits. */
  fullRange: boolean
}

const srgbTransferCode = 13

/** The camera curves of BT.709, BT.601 and BT.2020. */
const videoTransferCodes = [1, 6, 14, 15]

/** H.273, table 3, without sRGB. */
const transfersByCode: Readonly<Record<number, Transfer>> = {
  4: gammaTransfer(2.2),
  5: gammaTransfer(2.8),
  7: smpte240Transfer,
  8: linearTransfer,
  16: 'pq',
  17: smpte428Transfer,
  18: 'hlg',
}

/** Whether both primaries and transfer are specified and have a known meaning. */
export function isKnown({ primaries, transfer }: Cicp): boolean {
  const hasTransfer = transfer === srgbTransferCode || videoTransferCodes.includes(transfer)
  return (primaries === 1 || primaries in primariesByCode) && (hasTransfer || transfer in transfersByCode)
}

export function isVideo({ transfer }: Cicp): boolean {
  return videoTransferCodes.includes(transfer)
}

/**
 * The encoding that these code points mean, or undefined for sRGB in full range. As in browsers, what is unspecified, unknown or a video
 * curve counts as sRGB.
 * @param peakNits the brightest pixel of a PQ image in cd/m², if the file states it
 */
export function encodingOfCicp(cicp: Cicp, peakNits?: number): ColourEncoding | undefined {
  const chromaticities = primariesByCode[cicp.primaries]
  const transfer = transfersByCode[cicp.transfer]
  if (!chromaticities && !transfer && cicp.fullRange) return undefined
  return {
    primaries: chromaticities ?? srgbPrimaries,
    transfer: transfer ?? srgbTransfer,
    fullRange: cicp.fullRange,
    ...(peakNits !== undefined && { peakNits }),
  }
}
