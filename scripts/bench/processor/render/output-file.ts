import { basename, join } from 'node:path'

export function outputFile(directory: string, photo: string, variant: string): string {
  return join(directory, `${basename(photo)}-${variant}.webp`)
}
