import { deflateSync } from 'node:zlib'
import { pngChunk } from './make-blank-png.ts'

/** Labels the numbers of a PNG with an ICC profile, without converting them. */
export function insertProfile(png: Buffer, profile: Buffer): Buffer {
  const data = Buffer.concat([Buffer.from('icc\0\0'), deflateSync(profile)])
  return Buffer.concat([png.subarray(0, 33), pngChunk('iCCP', data), png.subarray(33)])
}
