import { abortReason } from '../check-aborted.ts'
import { StoreUnreachable } from '../store-error.ts'
import type { PutOptions, StoreAnswer, UploadTarget } from '../types.ts'

/** Browsers set these headers themselves and do not allow scripts to. */
const setByBrowser = new Set(['content-length', 'host'])

/** Uploads a blob from a browser, where only XMLHttpRequest reports upload progress. */
export function sendByXhr(
  { method, url, headers }: UploadTarget,
  file: Blob,
  { onProgress, signal }: PutOptions,
): Promise<StoreAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) {
      if (!setByBrowser.has(name.toLowerCase())) request.setRequestHeader(name, value)
    }
    request.upload.onprogress = ({ loaded }) => onProgress?.({ sentBytes: loaded, totalBytes: file.size })
    request.onload = () => resolve({ status: request.status, body: request.responseText })
    request.onerror = () => reject(new StoreUnreachable(url))
    request.onabort = () => reject(abortReason(signal))
    const abort = () => request.abort()
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    request.send(file)
  })
}
