import type { WithMemory } from './memory-semaphore.ts'

/** The limits for one image. Their settings are in `processor/config.ts`. */
export interface ImagingLimits {
  /** Width × height of one page. */
  maxInputPixels: number
  /** Width × height × pages. */
  maxAnimatedPixels: number
  maxPages: number
  /** Estimated memory for decoding one image. */
  maxDecodeBytes: number
  /** Time left for the image. */
  imageTimeoutMs: number
  decodeTimeoutSeconds: number
  /** Aborted when the image's time is up. */
  signal?: AbortSignal
  /** Runs an operation once enough of the shared memory budget is free. */
  withMemory: WithMemory
}

/** The largest side that JPEG and WebP can store. */
export const maxSidePixels = 65_535

export const maxBitsPerChannel = 16

/** The accepted colour spaces, as libvips names them, and how many channels each can have: without alpha and with it. */
export const channelsOf: Readonly<Record<string, readonly [number, number]>> = {
  srgb: [3, 4],
  rgb16: [3, 4],
  'b-w': [1, 2],
  grey16: [1, 2],
  cmyk: [4, 5],
}

/**
 * The time-out to give libvips, which takes whole seconds, 3,600 at most, and cannot be stopped otherwise. It is one second
 * longer than the time left, so that the deadline ends the work first.
 */
export function toTimeoutSeconds(millisecondsLeft: number): number {
  return Math.min(3_600, Math.ceil(millisecondsLeft / 1_000) + 1)
}
