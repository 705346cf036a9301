import type { UploadImagesOptions, UploadResult } from './upload/images-options.ts'

/**
 * Uploads many images: requests their URLs in batches, sends a few files at a time, and sends equal files once. Only the files being
 * read take memory, so the list may be long.
 *
 *     for (const { file, error } of await uploadImages(input.files, { gateway: 'https://images.example.com', key })) {
 *       if (error) console.error(file.name, error.message)
 *     }
 *
 * @returns a result for each file, in the order of the list; a file that fails affects no other
 * @throws HashgateError or GatewayUnreachable when no file can be uploaded, for example because the key is wrong; the reason of `signal`.
 *   Earlier results have been passed to `onResult`
 */
export async function uploadImages<F extends Blob>(
  files: Iterable<F>,
  options: UploadImagesOptions<F>,
): Promise<UploadResult<F>[]> {
  const stop = new AbortController()
  const pass = () => stop.abort(options.signal?.reason)
  if (options.signal?.aborted) pass()
  options.signal?.addEventListener('abort', pass)
  try {
    // Loaded when first used, so that the client stays small for applications that upload single images.
    const { uploadList } = await import('./upload/upload-list.ts')
    return await uploadList([...files], options, stop)
  } finally {
    options.signal?.removeEventListener('abort', pass)
  }
}
