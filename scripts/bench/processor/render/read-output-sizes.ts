import { readFile } from 'node:fs/promises'
import { variants } from '../../../../core/images/variants.ts'
import { readHeader } from '../../../../processor/imaging/read-header.ts'
import { outputFile } from './output-file.ts'
import type { RenderTask } from './render-sample.ts'

/** `‹file› 2048×1365`, one line an output: equal for two tools that have done the same work. */
export async function readOutputSizes({ photos, directory }: RenderTask): Promise<string[]> {
  const files = photos.flatMap((photo) => variants.map(({ name }) => outputFile(directory, photo, name)))
  return Promise.all(
    files.map(async (file) => {
      const { width, height } = await readHeader(await readFile(file))
      return `${file} ${width}×${height}`
    }),
  )
}
