import type { Picture } from '../picture.ts'

/** What a file looks like to a program that shares no code with the processor, or as little as possible. */
export interface Reference {
  by: 'Chromium' | 'geotiff' | 'LittleCMS'
  /** Pixels of the original, upright. */
  width: number
  height: number
  /** The same picture, perhaps smaller. */
  picture: Picture
}
