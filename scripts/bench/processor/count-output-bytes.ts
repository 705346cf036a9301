import { stat } from 'node:fs/promises'
import { variants } from '../../../core/images/variants.ts'
import { outputFile } from './render/output-file.ts'
import type { RenderTask } from './render/render-sample.ts'

export async function countOutputBytes({ photos, directory }: RenderTask): Promise<number> {
  const files = photos.flatMap((photo) => variants.map(({ name }) => outputFile(directory, photo, name)))
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
