export interface PreviewRequest {
  id: string
  file: Blob
}

/** `preview` is absent if the browser cannot decode the file. */
export interface PreviewAnswer {
  id: string
  preview?: Blob
}

/** Twice the width of a preview, for sharp screens. */
const width = 320

self.onmessage = async ({ data: { id, file } }: MessageEvent<PreviewRequest>) => {
  const preview = await render(file).catch(() => undefined)
  self.postMessage({ id, preview } satisfies PreviewAnswer)
}

async function render(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { resizeWidth: width, resizeQuality: 'medium' })
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
  bitmap.close()
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.8 })
}
