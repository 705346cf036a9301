import { rgbaToThumbHash } from 'thumbhash'
import type { Frame } from './frame.ts'

/** Placeholder (ThumbHash, base64) and dominant colour (`#rrggbb`) of a frame of at most 100 × 100 pixels. */
export function describePixels(frame: Frame): { placeholder: string; dominantColor: string } {
  const rgba = toRgba(frame)
  const hash = rgbaToThumbHash(frame.width, frame.height, rgba)
  return { placeholder: Buffer.from(hash).toString('base64'), dominantColor: findDominantColor(rgba) }
}

function toRgba({ data, channels }: Frame): Uint8Array {
  if (channels === 4) return data
  const pixelCount = data.length / channels
  const rgba = new Uint8Array(pixelCount * 4).fill(255)
  for (let pixel = 0; pixel < pixelCount; pixel++) {
    rgba.set(data.subarray(pixel * channels, pixel * channels + 3), pixel * 4)
  }
  return rgba
}

/**
 * The mean colour of the largest group of similar pixels (16 levels per channel). Mostly transparent pixels are ignored; an image with
 * no others is white, like the page behind it.
 */
function findDominantColor(rgba: Uint8Array): string {
  const groups = new Map<number, { count: number; red: number; green: number; blue: number }>()
  let largest = { count: 0, red: 0, green: 0, blue: 0 }
  for (let at = 0; at < rgba.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(at, at + 4)
    if (alpha < 128) continue
    const similar = ((red >> 4) << 8) | ((green >> 4) << 4) | (blue >> 4)
    const group = groups.get(similar) ?? { count: 0, red: 0, green: 0, blue: 0 }
    group.count++
    group.red += red
    group.green += green
    group.blue += blue
    groups.set(similar, group)
    if (group.count > largest.count) largest = group
  }
  const { count, red, green, blue } = largest
  if (count === 0) return '#ffffff'
  return `#${[red, green, blue].map((sum) => hexByte(sum / count)).join('')}`
}

function hexByte(value: number): string {
  return Math.round(value).toString(16).padStart(2, '0')
}
