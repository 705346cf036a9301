import type { ContentType } from '@hashgate/client'

/** The media type of a file by its extension, in lower case. The gateway accepts HEIC only if the operator has turned it on. */
export const imageExtensions: Record<string, ContentType> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.heic': 'image/heic',
  '.heif': 'image/heif',
}

/** The accepted formats, as text for messages. */
export const imageFormats = 'JPEG, PNG, WebP, AVIF, GIF, TIFF or HEIC'
