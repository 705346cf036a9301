import { Type } from 'typebox'
import { rejections } from '../../../core/errors.ts'
import { acceptedContentTypes, acceptedFormats } from '../../../core/images/formats.ts'
import { imageIdPattern } from '../../../core/images/object-key.ts'
import { extensibleEnum, stringEnum } from '../enums.ts'
import { examples } from '../examples.ts'
import { bytes, count, keysOf, moment, pixels, ref } from './schema-parts.ts'

export const ImageId = Type.String({
  pattern: imageIdPattern,
  description: 'SHA-256 of the content as lower-case hex.',
  examples: [examples.imageId],
})

export const ImageParams = Type.Object({ imageId: ImageId })

export const ContentType = stringEnum(acceptedContentTypes, {
  $id: 'ContentType',
  // Without these names the constants of generated clients would be called IMAGE_SLASH_JPEG.
  'x-enum-varnames': acceptedContentTypes.map((type) => type.replace('image/', '').toUpperCase()),
  description:
    'Media type of the file. The store rejects a PUT with a different one. `image/heic` and `image/heif` are accepted if the operator has turned HEIC on.',
  examples: ['image/jpeg'],
})

export const ImageStatus = stringEnum(['pending', 'processing', 'ready', 'rejected'], {
  $id: 'ImageStatus',
  description:
    '`pending`: waiting for the upload. `processing`: uploaded, being processed. `ready` and `rejected` are final.',
  examples: ['ready'],
})

export const Variant = Type.Object(
  {
    name: Type.String({
      description:
        '`thumb`, `medium` or `large` unless configured otherwise; `hero-320` for a set of widths named `hero`.',
    }),
    width: pixels('Pixels: the `w` descriptor of a `srcset`.'),
    height: pixels('Pixels.'),
    byteLength: bytes({ description: 'Size of this variant in bytes.' }),
    contentType: Type.String(),
    pages: Type.Optional(count('Number of frames. Absent for a still image.')),
    url: Type.String({ format: 'uri', description: 'Signed GET URL. Keep it secret.' }),
    urlExpiresAt: moment('When the URL expires. Request the image again to get a new one.'),
  },
  { $id: 'Variant', examples: [examples.variant] },
)

/** Text from the camera without control characters, 64 characters at most. */
const cameraName = (description: string) => Type.Optional(Type.String({ maxLength: 64, description }))

export const Camera = Type.Object(
  { make: cameraName('Maker.'), model: cameraName('Model.') },
  {
    $id: 'Camera',
    description: 'As stated in the file. The text is untrusted: escape it before you display it.',
    examples: [examples.camera],
  },
)

const degrees = (limit: number, description: string) =>
  Type.Number({ minimum: -limit, maximum: limit, description })

export const GeoPoint = Type.Object(
  { latitude: degrees(90, 'Degrees, north positive.'), longitude: degrees(180, 'Degrees, east positive.') },
  { $id: 'GeoPoint', examples: [examples.location] },
)

export const ImageRejection = Type.Object(
  {
    reason: extensibleEnum(keysOf(rejections), { description: 'Stable code.' }),
    detail: Type.String({ description: 'The reason as a sentence to show to users.' }),
  },
  { $id: 'ImageRejection', examples: [examples.rejection] },
)

export const Image = Type.Object(
  {
    imageId: ImageId,
    status: ref(ImageStatus),
    sequence: count(
      'Version of the status: rises with each change of it, and with a new result of a ready image. An event with a lower `data.sequence` is older than this response.',
    ),
    byteLength: bytes({
      description:
        'Size of the original in bytes: as declared until the status is final, then that of the stored object.',
    }),
    contentType: extensibleEnum(acceptedContentTypes, {
      description:
        'Media type of the original: as declared until the status is final, then that of the bytes.',
    }),
    fileName: Type.Optional(Type.String()),
    createdAt: moment('When the upload was first requested.'),
    expiresAt: moment('When the image and all its data expire.'),
    finishedAt: Type.Optional(moment('When the status became final.')),
    format: Type.Optional(
      extensibleEnum(keysOf(acceptedFormats), { description: 'Format found in the bytes.' }),
    ),
    width: Type.Optional(pixels('Pixels, with the EXIF orientation applied.')),
    height: Type.Optional(pixels('Pixels, with the EXIF orientation applied.')),
    colorSpace: Type.Optional(
      Type.String({
        description: 'Colour space of the original: `srgb`, `b-w`, `cmyk`, `rgb16` or another.',
      }),
    ),
    hasAlpha: Type.Optional(Type.Boolean({ description: 'Whether the original has an alpha channel.' })),
    pages: Type.Optional(count('Number of frames of an animation or pages of a TIFF; otherwise 1.')),
    camera: Type.Optional(ref(Camera)),
    takenAt: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$',
        description:
          "When the photo was taken, according to the camera's clock. The time zone is omitted, because it would reveal the location.",
      }),
    ),
    location: Type.Optional(ref(GeoPoint)),
    placeholder: Type.Optional(Type.String({ description: 'ThumbHash in base64.' })),
    dominantColor: Type.Optional(Type.String({ pattern: '^#[0-9a-f]{6}$' })),
    variants: Type.Optional(Type.Array(ref(Variant))),
    rejection: Type.Optional(ref(ImageRejection)),
  },
  { $id: 'Image', examples: [examples.image] },
)

export const ImageList = Type.Object(
  {
    images: Type.Array(ref(Image), { description: 'Newest first.' }),
    nextCursor: Type.Optional(
      Type.String({
        description: 'Present when there may be more images: pass it as `cursor` to get the next page.',
      }),
    ),
  },
  { $id: 'ImageList', examples: [examples.imageList] },
)
