/** Media types of the accepted image formats, by the name that `sharp` reports for a format. */
export const acceptedFormats = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  tiff: 'image/tiff',
} as const

export type AcceptedFormat = keyof typeof acceptedFormats
export type AcceptedContentType = (typeof acceptedFormats)[AcceptedFormat]
