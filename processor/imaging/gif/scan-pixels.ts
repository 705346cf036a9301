/** The contents of a frame's compressed pixels. */
export interface ScannedPixels {
  count: number
  /** Whether a pixel has it, for each palette index. */
  isUsed: Uint8Array
}

const longestCode = 12

/**
 * Counts a frame's pixels and collects their palette indices without decompressing them: every index first occurs as a code of its
 * own. Source: GIF89a, appendix F.
 * @param at position of the compressed pixels; they begin with the code size of an index
 */
export function scanPixels(bytes: Buffer, at: number): ScannedPixels {
  const isUsed = new Uint8Array(256)
  const indexBits = bytes[at] ?? 0
  if (indexBits > 8) return { count: 0, isUsed }

  const codes = joinSubBlocks(bytes, at + 1)
  const clear = 1 << indexBits
  const lengths = new Uint32Array(1 << longestCode).fill(1, 0, clear)
  let count = 0
  let next = clear + 2
  let width = indexBits + 1
  let previous = 0
  let bits = 0
  let held = 0
  for (let read = 0; ; ) {
    while (held < width && read < codes.length) {
      bits |= (codes[read++] ?? 0) << held
      held += 8
    }
    if (held < width) break
    const code = bits & ((1 << width) - 1)
    bits >>>= width
    held -= width

    if (code === clear + 1) break
    if (code === clear) {
      next = clear + 2
      width = indexBits + 1
      previous = 0
      continue
    }
    if (code > next || (code === next && previous === 0)) break
    if (code < clear) isUsed[code] = 1
    const length = code === next ? previous + 1 : (lengths[code] ?? 0)
    if (previous > 0 && next < lengths.length) {
      lengths[next++] = previous + 1
      if (next === 1 << width && width < longestCode) width++
    }
    count += length
    previous = length
  }
  return { count, isUsed }
}

function joinSubBlocks(bytes: Buffer, start: number): Buffer {
  const blocks: Buffer[] = []
  for (let at = start, size = bytes[at] ?? 0; size > 0; at += size + 1, size = bytes[at] ?? 0) {
    blocks.push(bytes.subarray(at + 1, at + 1 + size))
  }
  return Buffer.concat(blocks)
}
