import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Sharp } from 'sharp'
import type { Test } from 'tap'
import { sharp } from '../../../imaging/decoder.ts'

/** A file as libultrahdr displays it. */
export interface HdrPicture {
  width: number
  height: number
  /** Size of the gain map. Absent: libultrahdr found none. */
  map?: { width: number; height: number; channels: number }
  /** Linear light, 1 for SDR white; red, green and blue of each pixel. */
  light: Float32Array
}

/**
 * Lets libultrahdr, which is part of libvips, apply the gain map. It runs in a separate process, because its loader would replace
 * that of ordinary JPEGs in the whole process.
 */
export async function showHdr(t: Test, jpeg: Buffer): Promise<HdrPicture> {
  const path = join(t.testdir({}), 'picture.jpg')
  await writeFile(path, jpeg)
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), path], {
    maxBuffer: 1 << 26,
  })
  const { light, ...facts } = JSON.parse(stdout)
  const bytes = Buffer.from(light, 'base64')
  return { ...facts, light: new Float32Array(new Uint8Array(bytes).buffer) }
}

/** sharp's types leave it out. */
type HdrSharp = Sharp & { withGainMap(): Sharp }

async function printHdr(path: string): Promise<void> {
  sharp.unblock({ operation: ['VipsForeignLoadUhdr'] })
  const jpeg = await readFile(path)
  const { gainMap } = await sharp(jpeg).metadata()
  const pixels = (sharp(jpeg) as HdrSharp).withGainMap().toColourspace('scrgb').raw({ depth: 'float' })
  const { data, info } = await pixels.toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const map = gainMap && (await sharp(gainMap.image).metadata())
  const size = map && { width: map.width, height: map.height, channels: map.channels }
  console.log(JSON.stringify({ width, height, map: size, light: data.toString('base64') }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await printHdr(process.argv[2] ?? '')
