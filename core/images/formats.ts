/** Media types of the accepted image formats, by the name that the API gives to a format. HEIC only if `HEIC=on`. */
export const acceptedFormats = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  tiff: 'image/tiff',
  heic: 'image/heic',
} as const

export type AcceptedFormat = keyof typeof acceptedFormats

/** Formats by every media type that an upload can declare. Programs use both names for HEIC files. */
export const formatOfContentType = {
  ...(Object.fromEntries(Object.entries(acceptedFormats).map(([format, type]) => [type, format])) as {
    [Format in AcceptedFormat as (typeof acceptedFormats)[Format]]: Format
  }),
  'image/heif': 'heic',
} as const

export type AcceptedContentType = keyof typeof formatOfContentType

export const acceptedContentTypes = Object.keys(formatOfContentType) as AcceptedContentType[]

export function formatOf(contentType: string): AcceptedFormat | undefined {
  return (formatOfContentType as Partial<Record<string, AcceptedFormat>>)[contentType]
}
