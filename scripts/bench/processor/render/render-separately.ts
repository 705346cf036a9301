import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { variants } from '../../../../core/images/variants.ts'

/** The obvious implementation: one pipeline per output from the original, with sharp's default WebP settings (quality 80, effort 4). */
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
