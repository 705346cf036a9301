import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { variants } from '../../../../core/images/variants.ts'

/** What one writes first: for each output a pipeline of its own from the original, and sharp's own WebP settings (quality 80, effort 4). */
export async function renderSeparately(photo: string): Promise<{ name: string; bytes: Buffer }[]> {
  const original = await readFile(photo)
  const outputs: { name: string; bytes: Buffer }[] = []
  for (const { name, width, height, fit } of variants) {
    const pipeline = sharp(original)
      .autoOrient()
      .resize({ width, height, fit, withoutEnlargement: true })
      .webp()
    outputs.push({ name, bytes: await pipeline.toBuffer() })
  }
  return outputs
}
