import { checkAborted } from '../check-aborted.ts'
import { asFileChanged, StoreUnreachable } from '../store-error.ts'
import type { PutOptions, StoreAnswer, UploadTarget } from '../types.ts'

/**
 * Uploads a blob with `fetch` and reports progress. The explicit content-length prevents chunked encoding, which S3 does not accept
 * (checked on the wire with Node 20.20 and 24.21).
 */
export async function sendByFetch(
  { method, url, headers }: UploadTarget,
  file: Blob,
  { onProgress, signal }: PutOptions,
): Promise<StoreAnswer> {
  try {
    const stream = () => file.stream().pipeThrough(countBytes(file.size, onProgress))
    // Deno sends every stream with chunked encoding (checked with 2.9), but a blob with its length.
    const body = 'Deno' in globalThis ? file : stream()
    const init: RequestInit & { duplex: 'half' } = { method, headers, body, duplex: 'half', signal }
    const response = await fetch(url, init)
    return { status: response.status, body: await response.text() }
  } catch (error) {
    checkAborted(signal)
    throw asFileChanged(error) ?? new StoreUnreachable(url, error)
  }
}

function countBytes(totalBytes: number, onProgress: PutOptions['onProgress']) {
  let sentBytes = 0
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      sentBytes += chunk.byteLength
      onProgress?.({ sentBytes, totalBytes })
      controller.enqueue(chunk)
    },
  })
}
