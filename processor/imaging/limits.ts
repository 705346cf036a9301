import type { WithMemory } from './memory-semaphore.ts'

/** What one image may take. The settings behind these are in `processor/config.ts`. */
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

/** Accepted colour spaces, as libvips names them. */
export const colorSpaces: readonly string[] = ['srgb', 'rgb16', 'b-w', 'grey16', 'cmyk']

/**
 * The time-out to give libvips, which takes whole seconds, 3,600 at most, and cannot be stopped otherwise. It is one second
 * longer than the time left, so that the deadline ends the work first.
 */
export function toTimeoutSeconds(millisecondsLeft: number): number {
  return Math.min(3_600, Math.ceil(millisecondsLeft / 1_000) + 1)
}
