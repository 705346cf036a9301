import type { Picture } from '../picture.ts'

/** A file decoded by a program that shares as little code with the processor as possible. */
export interface Reference {
  by: 'Chromium' | 'geotiff' | 'LittleCMS'
  /** Pixels of the original, upright. */
  width: number
  height: number
  /** The decoded picture, possibly scaled down. */
  picture: Picture
}
