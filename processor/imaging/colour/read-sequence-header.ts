import type { Cicp } from './cicp.ts'

/** Pixel format and colours from the sequence header of an AV1 stream. */
export interface SequenceColour extends Cicp {
  isMonochrome: boolean
}

const sequenceHeaderType = 1
const unspecified = 2

/**
 * Finds the sequence header among the first OBUs of an AV1 stream. Source: AV1 Bitstream & Decoding Process Specification, 5.3 to 5.5.
 * @throws RangeError when an OBU is shorter than its declared size
 */
export function readSequenceHeader(obus: Buffer): SequenceColour | undefined {
  for (let at = 0; at < obus.length; ) {
    const header = obus.readUInt8(at++)
    if (header & 4) at++
    let length = obus.length - at
    if (header & 2) {
      const bytes = readLeb128(obus, at)
      length = bytes.value
      at += bytes.byteLength
    }
    if (((header >> 3) & 15) === sequenceHeaderType) return parse(obus.subarray(at, at + length))
    at += length
  }
  return undefined
}

function parse(bytes: Buffer): SequenceColour {
  const bits = createBitReader(bytes)
  const profile = bits.read(3)
  bits.read(1)
  const isReduced = bits.flag()
  if (isReduced) bits.read(5)
  else skipOperatingPoints(bits)
  const widthBits = bits.read(4) + 1
  const heightBits = bits.read(4) + 1
  bits.skip(widthBits + heightBits)
  if (!isReduced && bits.flag()) bits.skip(7)
  bits.skip(3)
  if (!isReduced) skipTools(bits)
  bits.skip(3)
  return readColourConfig(bits, profile)
}

type BitReader = ReturnType<typeof createBitReader>

function skipOperatingPoints(bits: BitReader): void {
  let delayBits: number | undefined
  if (bits.flag()) {
    bits.skip(64)
    if (bits.flag()) skipUvlc(bits)
    if (bits.flag()) {
      delayBits = bits.read(5) + 1
      bits.skip(42)
    }
  }
  const hasInitialDelay = bits.flag()
  for (let left = bits.read(5) + 1; left > 0; left--) {
    bits.skip(12)
    if (bits.read(5) > 7) bits.skip(1)
    if (delayBits !== undefined && bits.flag()) bits.skip(2 * delayBits + 1)
    if (hasInitialDelay && bits.flag()) bits.skip(4)
  }
}

function skipTools(bits: BitReader): void {
  bits.skip(4)
  const hasOrderHint = bits.flag()
  if (hasOrderHint) bits.skip(2)
  const forcesScreenContent = bits.flag() || bits.flag()
  if (forcesScreenContent && !bits.flag()) bits.skip(1)
  if (hasOrderHint) bits.skip(3)
}

function readColourConfig(bits: BitReader, profile: number): SequenceColour {
  const isDeep = bits.flag()
  if (profile === 2 && isDeep) bits.skip(1)
  const isMonochrome = profile !== 1 && bits.flag()
  const isDescribed = bits.flag()
  const [primaries, transfer, matrix] = isDescribed
    ? [bits.read(8), bits.read(8), bits.read(8)]
    : [unspecified, unspecified, unspecified]
  const isSrgb = !isMonochrome && primaries === 1 && transfer === 13 && matrix === 0
  return { primaries, transfer, matrix, fullRange: isSrgb || bits.flag(), isMonochrome }
}

function skipUvlc(bits: BitReader): void {
  let zeros = 0
  while (!bits.flag()) zeros++
  if (zeros < 32) bits.skip(zeros)
}

function readLeb128(bytes: Buffer, at: number): { value: number; byteLength: number } {
  let value = 0
  for (let index = 0; index < 8; index++) {
    const byte = bytes.readUInt8(at + index)
    value += (byte & 127) * 128 ** index
    if (byte < 128) return { value, byteLength: index + 1 }
  }
  throw new RangeError('The length of an OBU has more than eight bytes.')
}

function createBitReader(bytes: Buffer) {
  let at = 0
  function read(count: number): number {
    let value = 0
    for (let left = count; left > 0; left--) {
      value = value * 2 + ((bytes.readUInt8(at >> 3) >> (7 - (at & 7))) & 1)
      at++
    }
    return value
  }
  return {
    read,
    flag: () => read(1) === 1,
    skip: (count: number) => {
      at += count
    },
  }
}
