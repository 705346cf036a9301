import { deflateSync } from 'node:zlib'
import { pngChunk } from './make-blank-png.ts'

/** Inserts chunks after the header of a PNG. */
export function insertChunks(png: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)])
}

/** Chunks that define the colour space. Source: Portable Network Graphics (third edition), 11.3.2. */
export const colourChunk = {
  cICP: (primaries: number, transfer: number, matrix = 0, range = 1) =>
    pngChunk('cICP', Buffer.from([primaries, transfer, matrix, range])),
  iCCP: (profile: Buffer) => pngChunk('iCCP', Buffer.concat([Buffer.from('icc\0\0'), deflateSync(profile)])),
  sRGB: () => pngChunk('sRGB', Buffer.from([0])),
  gAMA: (gamma: number) => pngChunk('gAMA', uint32s([gamma * 100_000])),
  /** x and y of white, red, green and blue. */
  cHRM: (...points: number[]) => pngChunk('cHRM', uint32s(points.map((one) => one * 100_000))),
  /** The brightest pixel and the brightest frame, in cd/m². */
  cLLI: (content: number, frame: number) => pngChunk('cLLI', uint32s([content * 10_000, frame * 10_000])),
}

function uint32s(values: number[]): Buffer {
  const data = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) data.writeUInt32BE(Math.round(value), index * 4)
  return data
}
