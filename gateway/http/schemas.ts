import { type Static, type TSchema, Type } from 'typebox'
import { rejections } from '../../core/errors.ts'
import { acceptedContentTypes, acceptedFormats } from '../../core/images/formats.ts'
import { imageIdPattern } from '../../core/images/object-key.ts'
import { extensibleEnum, stringEnum } from './enums.ts'
import { examples } from './examples.ts'
import { problems } from './problems.ts'

/** The named schemas of the API. Each is a component of the OpenAPI document and a named type in generated clients. */

/** A reference to a named schema. */
export function ref<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T>>(Type.Ref(`${(schema as T & { $id: string }).$id}#`))
}

export const keysOf = <T extends object>(table: T) => Object.keys(table) as [keyof T & string]
/** The limit of a single PUT is 5 GiB. Source: AWS, "Uploading objects" in the S3 user guide. */
const s3MaxPutBytes = 5 * 1024 ** 3
export const maxBatchItems = 100
export const moment = (description: string) => Type.String({ format: 'date-time', description })
/** `int64`, because generators otherwise use 32 bits, which is too small for 2 GiB. */
const bytes = (options: object) => Type.Integer({ format: 'int64', minimum: 1, ...options })
const count = (description: string) => Type.Integer({ minimum: 1, description })
const pixels = (description: string) => Type.Integer({ minimum: 1, description })

export const ImageId = Type.String({
  pattern: imageIdPattern,
  description: 'SHA-256 of the content as lower-case hex.',
  examples: [examples.imageId],
})

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

export const ImageParams = Type.Object({ imageId: ImageId })

export const UploadRequest = Type.Object(
  {
    sha256: Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'SHA-256 of the bytes, 64 hex digits.',
    }),
    byteLength: bytes({
      maximum: s3MaxPutBytes,
      description: 'Exact size in bytes. The gateway accepts up to 50 MiB unless configured otherwise.',
    }),
    contentType: ref(ContentType),
    fileName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Display name. It is never part of an object key.',
      }),
    ),
  },
  { $id: 'UploadRequest', additionalProperties: false, examples: [examples.uploadRequest] },
)

export const UploadTarget = Type.Object(
  {
    method: stringEnum(['PUT']),
    url: Type.String({
      format: 'uri',
      description: 'URL to PUT the bytes to. Keep it secret: anyone who has it can upload this one image.',
    }),
    headers: Type.Record(Type.String(), Type.String(), {
      description: 'Headers that the PUT must send exactly as given. Browsers set content-length themselves.',
    }),
    expiresAt: moment('When the URL expires.'),
    expiresInSeconds: Type.Integer({
      minimum: 1,
      description: 'Seconds until the URL expires, for clients whose clock is wrong.',
    }),
  },
  { $id: 'UploadTarget', examples: [examples.uploadTarget] },
)

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
      'Version of the status: rises with each change of it, and with a new result of a ready image. An event with a lower `data.sequence` is older than this answer.',
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

/** One schema for 200 and 201, because most generators take the return type from the first response only. */
export const UploadAnswer = Type.Object(
  {
    imageId: ImageId,
    status: ref(ImageStatus),
    duplicate: Type.Boolean({
      description: 'True if you have already uploaded these bytes. Nothing needs to be uploaded.',
    }),
    expiresAt: moment('When the image expires. Requesting it again does not extend this.'),
    upload: Type.Optional(ref(UploadTarget)),
    readToken: Type.Optional(
      Type.String({
        description:
          'Token for one hour that permits `getImage` for this image and nothing else: send it as `Authorization: Bearer`. Present with `upload` if the gateway issues read tokens. Keep it secret.',
      }),
    ),
    image: Type.Optional(ref(Image)),
    rejection: Type.Optional(ref(ImageRejection)),
  },
  {
    $id: 'UploadAnswer',
    description:
      '`upload` is present if the bytes must be uploaded, `image` if the image is `ready`, `rejection` if it is `rejected`.',
    examples: [examples.granted, examples.duplicate],
  },
)

export const FieldError = Type.Object(
  { field: Type.String({ description: 'Path of the field.' }), message: Type.String() },
  { $id: 'FieldError', examples: [examples.fieldError] },
)

export const ProblemDetails = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: extensibleEnum(keysOf(problems), { description: 'Stable code to branch on.' }),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(ref(FieldError), { description: 'The invalid fields.' })),
    requestId: Type.Optional(Type.String({ description: 'Quote it when you report a problem.' })),
  },
  { $id: 'ProblemDetails', description: 'RFC 9457 problem.', examples: [examples.invalidItem] },
)

export const UploadBatchItem = Type.Object(
  { ...Type.Partial(UploadAnswer).properties, problem: Type.Optional(ref(ProblemDetails)) },
  {
    $id: 'UploadBatchItem',
    description:
      'The response that `createUpload` would give for this item, or a `problem`. Either `imageId` or `problem` is present.',
    examples: [examples.granted, { problem: examples.invalidItem }],
  },
)

export const UploadBatchRequest = Type.Object(
  { uploads: Type.Array(ref(UploadRequest), { minItems: 1, maxItems: maxBatchItems }) },
  { $id: 'UploadBatchRequest', additionalProperties: false, examples: [examples.uploadBatchRequest] },
)

export const UploadBatchResult = Type.Object(
  {
    results: Type.Array(ref(UploadBatchItem), {
      description: 'One result per item, in the order of the request.',
    }),
  },
  { $id: 'UploadBatchResult', examples: [examples.uploadBatchResult] },
)

export const CompletionAccepted = Type.Object(
  { imageId: ImageId, status: ref(ImageStatus) },
  { $id: 'CompletionAccepted', examples: [examples.completion] },
)

export const Health = Type.Object(
  { status: stringEnum(['ok']) },
  { $id: 'Health', examples: [examples.health] },
)

export const DependencyState = Type.Object(
  {
    state: stringEnum(['up', 'down']),
    latencyMs: Type.Number({
      description: 'Milliseconds until the dependency answered or the check timed out.',
    }),
  },
  { $id: 'DependencyState', examples: [examples.dependency] },
)

export const Dependencies = Type.Object(
  {
    bucket: ref(DependencyState),
    catalog: ref(DependencyState),
    keys: Type.Optional(ref(DependencyState)),
    events: ref(DependencyState),
  },
  { $id: 'Dependencies', examples: [examples.dependencies] },
)

export const Readiness = Type.Object(
  { status: stringEnum(['ready', 'degraded', 'unavailable']), dependencies: ref(Dependencies) },
  { $id: 'Readiness', examples: [examples.readiness] },
)

export const namedSchemas = [
  ContentType,
  ImageStatus,
  UploadRequest,
  UploadBatchRequest,
  UploadTarget,
  UploadAnswer,
  UploadBatchItem,
  UploadBatchResult,
  CompletionAccepted,
  Image,
  ImageList,
  Variant,
  Camera,
  GeoPoint,
  ImageRejection,
  ProblemDetails,
  FieldError,
  Health,
  Readiness,
  Dependencies,
  DependencyState,
]
