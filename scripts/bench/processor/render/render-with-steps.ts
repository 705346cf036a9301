import { readFile } from 'node:fs/promises'
import type { ImageRecord } from '../../../../core/images/image-record.ts'
import { variants } from '../../../../core/images/variants.ts'
import type { RenderedVariant } from '../../../../processor/imaging/encode-variant.ts'
import type { ProcessorDeps, Work } from '../../../../processor/pipeline/stages.ts'
import { inspectImage } from '../../../../processor/pipeline/steps/inspect-image.ts'
import { renderVariants } from '../../../../processor/pipeline/steps/render-variants.ts'
import { testLimits } from '../../../testkit/test-limits.ts'

/** The processor's default settings. These steps need no other dependencies. */
export const deps = {
  variants,
  limits: { ...testLimits, maxUploadBytes: 50 * 1024 ** 2 },
} as unknown as ProcessorDeps

export async function inspectPhoto(photo: string): Promise<Work<'inspected'>> {
  const fetched = {
    stage: 'fetched',
    record: {} as ImageRecord,
    owner: 'bench',
    original: await readFile(photo),
    contentType: 'image/jpeg',
  } as const
  return { ...(await inspectImage(fetched, deps)), stage: 'inspected' }
}

/** Renders with the processor's own steps, and files in place of S3. */
export async function renderWithSteps(photo: string): Promise<RenderedVariant[]> {
  const { rendered } = await renderVariants(await inspectPhoto(photo), deps)
  return rendered
}
