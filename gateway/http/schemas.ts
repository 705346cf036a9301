import { type Static, type TSchema, Type } from 'typebox'
import { rejections } from '../../core/errors.ts'
import { acceptedFormats } from '../../core/images/formats.ts'
import { imageIdPattern } from '../../core/images/object-key.ts'
import { extensibleEnum, stringEnum } from './enums.ts'
import { examples } from './examples.ts'
import { problems } from './problems.ts'

/**
 * The named shapes of the API. Each is one component of the OpenAPI document, and one named type in every generated
 * client.
 */

/** Points to a named shape instead of repeating it. */
export function ref<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T>>(Type.Ref(`${(schema as T & { $id: string }).$id}#`))
}

const keysOf = <T extends object>(table: T) => Object.keys(table) as [keyof T & string]
/** One PUT takes 5 GiB at most. Source: AWS, "Uploading objects" in the S3 user guide. */
const s3MaxPutBytes = 5 * 1024 ** 3
export const maxBatchItems = 100
const moment = (description: string) => Type.String({ format: 'date-time', description })
/** 64 bits are said, because generators take 32 otherwise: too few for 2 GiB. */
const bytes = (options: object) => Type.Integer({ format: 'int64', minimum: 1, ...options })
const count = (description: string) => Type.Integer({ minimum: 1, description })
const pixels = (description: string) => Type.Integer({ minimum: 1, description })

const ImageId = Type.String({
  pattern: imageIdPattern,
  description: 'SHA-256 of the content, lower-case hex.',
  examples: [examples.imageId],
})

export const ContentType = stringEnum(Object.values(acceptedFormats), {
  $id: 'ContentType',
  // Or the constants of generated clients are called IMAGE_SLASH_JPEG.
  'x-enum-varnames': keysOf(acceptedFormats).map((format) => format.toUpperCase()),
  description: 'Media type of the bytes. The store refuses a PUT of another one.',
  examples: ['image/jpeg'],
})

export const ImageStatus = stringEnum(['pending', 'processing', 'ready', 'rejected'], {
  $id: 'ImageStatus',
  description:
    '`pending`: the bytes are not there yet. `processing`: they are. `ready` and `rejected` are final.',
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
      description:
        'Exact size in bytes. A gateway has a limit of its own, 50 MiB unless configured otherwise.',
    }),
    contentType: ref(ContentType),
    fileName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Name to show to people. Never part of a key.',
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
      description: 'Where to PUT the bytes. A secret: whoever has it can upload this one image.',
    }),
    headers: Type.Record(Type.String(), Type.String(), {
      description:
        'Every header that the PUT must carry, byte for byte. Browsers set content-length by themselves.',
    }),
    expiresAt: moment('When the URL stops working.'),
    expiresInSeconds: Type.Integer({
      minimum: 1,
      description: 'The same as a duration, for clients whose clock is off.',
    }),
  },
  { $id: 'UploadTarget', examples: [examples.uploadTarget] },
)

export const Variant = Type.Object(
  {
    name: Type.String({ description: '`thumb`, `medium` and `large`, unless configured otherwise.' }),
    width: pixels('Pixels.'),
    height: pixels('Pixels.'),
    byteLength: bytes({ description: 'Size of this variant in bytes.' }),
    contentType: Type.String(),
    pages: Type.Optional(count('Frames of an animation. Absent when the variant is still.')),
    url: Type.String({ format: 'uri', description: 'Signed GET URL. A secret.' }),
    urlExpiresAt: moment('When the URL stops working; ask for the image again to get a new one.'),
  },
  { $id: 'Variant', examples: [examples.variant] },
)

/** Free text of the camera, cleaned: control characters are gone, 64 characters at most. */
const cameraName = (description: string) => Type.Optional(Type.String({ maxLength: 64, description }))

export const Camera = Type.Object(
  { make: cameraName('Maker.'), model: cameraName('Model.') },
  {
    $id: 'Camera',
    description: 'As the file says, which anybody can have written: text to show, and to escape.',
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
    detail: Type.String({ description: 'The reason as a sentence for people.' }),
  },
  { $id: 'ImageRejection', examples: [examples.rejection] },
)

export const Image = Type.Object(
  {
    imageId: ImageId,
    status: ref(ImageStatus),
    byteLength: bytes({ description: 'Size of the original in bytes.' }),
    contentType: extensibleEnum(Object.values(acceptedFormats), {
      description: 'Declared media type of the original.',
    }),
    fileName: Type.Optional(Type.String()),
    createdAt: moment('When its upload was first asked for.'),
    expiresAt: moment('When the image and everything about it is gone.'),
    finishedAt: Type.Optional(moment('When the status became final.')),
    format: Type.Optional(
      extensibleEnum(keysOf(acceptedFormats), { description: 'Format found in the bytes.' }),
    ),
    width: Type.Optional(pixels('Pixels, with the EXIF orientation applied.')),
    height: Type.Optional(pixels('Pixels, with the EXIF orientation applied.')),
    colorSpace: Type.Optional(
      Type.String({ description: 'Of the original: `srgb`, `b-w`, `cmyk`, `rgb16` and others.' }),
    ),
    hasAlpha: Type.Optional(
      Type.Boolean({ description: 'Whether the original may have transparent parts.' }),
    ),
    pages: Type.Optional(count('Frames of an animation, pages of a TIFF; otherwise 1.')),
    camera: Type.Optional(ref(Camera)),
    takenAt: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$',
        description:
          "When the camera's clock says that it was taken. The zone is not kept: it would tell where.",
      }),
    ),
    location: Type.Optional(ref(GeoPoint)),
    placeholder: Type.Optional(Type.String({ description: 'ThumbHash, base64.' })),
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
      Type.String({ description: 'There when there may be more: ask again with it as `cursor`.' }),
    ),
  },
  { $id: 'ImageList', examples: [examples.imageList] },
)

/** One shape for both answers, 200 and 201: most generators take a method's return type from the first of them. */
export const UploadAnswer = Type.Object(
  {
    imageId: ImageId,
    status: ref(ImageStatus),
    duplicate: Type.Boolean({
      description: 'True when you uploaded these bytes before: there is nothing to upload.',
    }),
    expiresAt: moment('When the image is gone. Asking again does not extend it.'),
    upload: Type.Optional(ref(UploadTarget)),
    image: Type.Optional(ref(Image)),
    rejection: Type.Optional(ref(ImageRejection)),
  },
  {
    $id: 'UploadAnswer',
    description:
      '`upload` is there when the bytes are wanted: PUT them. `image` is there when it is `ready`, `rejection` when it is `rejected`.',
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
    errors: Type.Optional(Type.Array(ref(FieldError), { description: 'What is wrong, field by field.' })),
    requestId: Type.Optional(Type.String({ description: 'Name it when you ask for help.' })),
  },
  { $id: 'ProblemDetails', description: 'RFC 9457 problem.', examples: [examples.invalidItem] },
)

export const UploadBatchItem = Type.Object(
  { ...Type.Partial(UploadAnswer).properties, problem: Type.Optional(ref(ProblemDetails)) },
  {
    $id: 'UploadBatchItem',
    description:
      'What `createUpload` would have answered, or the `problem` of this one item. Either `imageId` or `problem` is there.',
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
      description: 'One result an item, in the order of the request.',
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
    latencyMs: Type.Number({ description: 'Milliseconds until it answered or was given up.' }),
  },
  { $id: 'DependencyState', examples: [examples.dependency] },
)

export const Dependencies = Type.Object(
  { bucket: ref(DependencyState), catalog: ref(DependencyState), events: ref(DependencyState) },
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
