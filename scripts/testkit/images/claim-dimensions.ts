/** Replaces the dimensions in a JPEG's header. */
export function claimJpegDimensions(jpeg: Buffer, width: number, height: number): Buffer {
  const lying = Buffer.from(jpeg)
  const startOfFrame = lying.indexOf(Buffer.from([0xff, 0xc0]))
  if (startOfFrame < 0) throw new Error('not a baseline JPEG')
  lying.writeUInt16BE(height, startOfFrame + 5)
  lying.writeUInt16BE(width, startOfFrame + 7)
  return lying
}
