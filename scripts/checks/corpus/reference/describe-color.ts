/** Which parts of a file describe its colours. */
export interface ColorDescription {
  /** Transfer functions PQ and HLG, which viewers map to SDR differently. */
  isHdr: boolean
  /** Colours that only a browser converts: a PNG's gAMA, cHRM or cICP without a profile, and every AVIF's CICP. */
  needsBrowser: boolean
}

/** CICP codes of PQ and HLG. Source: ITU-T H.273, table 3. */
const hdrTransfers = [16, 18]

/** Reads the description from the container, without a decoder. */
export function describeColor(bytes: Buffer): ColorDescription {
  if (bytes.toString('latin1', 1, 4) === 'PNG') return describePng(bytes)
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return describeIsoMedia(bytes)
  return { isHdr: false, needsBrowser: false }
}

function describePng(bytes: Buffer): ColorDescription {
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at + 8 <= bytes.length; at += bytes.readUInt32BE(at) + 12) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (type === 'IDAT') break
    chunks.set(type, bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)))
  }
  const hasCicp = chunks.has('cICP')
  const hasNumbers = (chunks.has('gAMA') || chunks.has('cHRM')) && !chunks.has('iCCP') && !chunks.has('sRGB')
  return { isHdr: hdrTransfers.includes(chunks.get('cICP')?.[1] ?? 0), needsBrowser: hasCicp || hasNumbers }
}

/** `colr` box of the kind `nclx`: primaries, transfer and matrix in 16 bits each. Source: ISO/IEC 14496-12, 12.1.5. */
function describeIsoMedia(bytes: Buffer): ColorDescription {
  const at = bytes.indexOf('colrnclx', 0, 'latin1')
  const transfer = at < 0 || at + 12 > bytes.length ? 0 : bytes.readUInt16BE(at + 10)
  return { isHdr: hdrTransfers.includes(transfer), needsBrowser: true }
}
