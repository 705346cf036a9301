import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { variants } from '../../../../core/images/variants.ts'
import { readHeader } from '../../../../processor/imaging/read-header.ts'
import type { RenderTask } from './render-sample.ts'

export function outputFile(directory: string, photo: string, variant: string): string {
  return join(directory, `${basename(photo)}-${variant}.webp`)
}

/** The total size of all outputs of a task. */
export async function countOutputBytes(task: RenderTask): Promise<number> {
  const sizes = await Promise.all(listOutputs(task).map(async (file) => (await stat(file)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** One line per output, `‹file› 2048×1365`. Two tools that did the same work have equal lists. */
export async function readOutputSizes(task: RenderTask): Promise<string[]> {
  return Promise.all(
    listOutputs(task).map(async (file) => {
      const { width, height } = await readHeader(await readFile(file))
      return `${file} ${width}×${height}`
    }),
  )
}

function listOutputs({ photos, directory }: RenderTask): string[] {
  return photos.flatMap((photo) => variants.map(({ name }) => outputFile(directory, photo, name)))
}
