import type { Image } from '../../../../openapi/packages/client/src/types.ts'
import { formatBytes, formatTime, texts } from '../texts.ts'
import { CopyButton } from './copy-button.tsx'

/** Facts about the original. */
export function ImageFacts({ image }: { image: Image }) {
  const { imageId, width, height, byteLength, contentType, pages = 1, camera, takenAt } = image
  const cameraName = [camera?.make, camera?.model].filter(Boolean).join(' ')
  const facts: [string, string | undefined][] = [
    [texts.format, contentType],
    [texts.dimensions, width && height ? texts.pixels(width, height) : undefined],
    [texts.size, formatBytes(byteLength)],
    [texts.frames, pages > 1 ? String(pages) : undefined],
    [texts.camera, cameraName || undefined],
    [texts.takenAt, takenAt && formatTime(takenAt)],
  ]
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
      <div class="id">
        <dt>{texts.imageId}</dt>
        <dd>
          <code>{imageId}</code> <CopyButton text={imageId} label={texts.copyId} />
        </dd>
      </div>
    </dl>
  )
}
