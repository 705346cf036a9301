import { type Static, type TSchema, Type } from 'typebox'
import { problems, rejections } from '../core/errors.ts'
import { imageIdPattern } from '../core/object-key.ts'
import { acceptedFormats } from '../core/variants.ts'
import { growingEnum, textEnum } from './text-enum.ts'

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
const exampleId = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const moment = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-11-29T10:15:00.000Z'] })
const pixels = () => Type.Integer({ minimum: 1, description: 'Pixels.' })

const ImageId = Type.String({
  pattern: imageIdPattern,
  description: 'SHA-256 of the content, lower-case hex.',
  examples: [exampleId],
})

const ContentType = textEnum(Object.values(acceptedFormats), {
  description: 'Media type of the bytes. The store refuses a PUT of another one.',
  examples: ['image/jpeg'],
})

export const Status = textEnum(['pending', 'processing', 'ready', 'rejected'], {
  description: '`ready` and `rejected` are final.',
})

export const ImageParams = Type.Object({ imageId: ImageId })

export const UploadRequest = Type.Object(
  {
    sha256: Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'SHA-256 of the bytes, 64 hex digits.',
      examples: [exampleId],
    }),
    byteLength: Type.Integer({
      minimum: 1,
      maximum: s3MaxPutBytes,
      description:
        'Exact size in bytes. A gateway has a limit of its own, 50 MiB unless configured otherwise.',
      examples: [348_712],
    }),
    contentType: ContentType,
    fileName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Name to show to people. Never part of a key.',
        examples: ['harbour.jpg'],
      }),
    ),
  },
  { $id: 'UploadRequest', additionalProperties: false },
)

export const UploadTarget = Type.Object(
  {
    method: textEnum(['PUT']),
    url: Type.String({
      format: 'uri',
      description: 'Where to PUT the bytes. A secret: whoever has it can upload this one image.',
      examples: [
        `https://raw-bucket.s3.us-east-1.amazonaws.com/local/${exampleId}/20261122?X-Amz-Signature=0123`,
      ],
    }),
    headers: Type.Record(Type.String(), Type.String(), {
      description:
        'Every header that the PUT must carry, byte for byte. Browsers set content-length by themselves.',
      examples: [
        {
          'content-length': '348712',
          'content-type': 'image/jpeg',
          'if-none-match': '*',
          'x-amz-checksum-sha256': 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=',
        },
      ],
    }),
    expiresAt: moment('When the URL stops working.'),
    expiresInSeconds: Type.Integer({
      minimum: 1,
      description: 'The same as a duration, for clients whose clock is off.',
      examples: [900],
    }),
  },
  { $id: 'UploadTarget' },
)

export const Variant = Type.Object(
  {
    name: Type.String({ examples: ['thumb'] }),
    width: pixels(),
    height: pixels(),
    byteLength: Type.Integer({ minimum: 1 }),
    contentType: Type.String({ examples: ['image/webp'] }),
    url: Type.String({ format: 'uri', description: 'Signed GET URL. A secret.' }),
    urlExpiresAt: moment('When the URL stops working; ask for the image again to get a new one.'),
  },
  { $id: 'Variant' },
)

export const ImageRejection = Type.Object(
  {
    reason: growingEnum(keysOf(rejections), { description: 'Stable code.', examples: ['image_corrupt'] }),
    detail: Type.String({
      description: 'The reason as a sentence for people.',
      examples: [rejections.image_corrupt],
    }),
  },
  { $id: 'ImageRejection' },
)

export const Image = Type.Object(
  {
    imageId: ImageId,
    status: Status,
    byteLength: Type.Integer({ minimum: 1, description: 'Size of the original in bytes.' }),
    contentType: growingEnum(Object.values(acceptedFormats), {
      description: 'Declared media type of the original.',
      examples: ['image/jpeg'],
    }),
    fileName: Type.Optional(Type.String()),
    createdAt: moment('When its upload was first asked for.'),
    expiresAt: moment('When the image and everything about it is gone.'),
    finishedAt: Type.Optional(moment('When the status became final.')),
    format: Type.Optional(
      growingEnum(keysOf(acceptedFormats), { description: 'Format found in the bytes.' }),
    ),
    width: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Pixels, with the EXIF orientation applied.' }),
    ),
    height: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Pixels, with the EXIF orientation applied.' }),
    ),
    placeholder: Type.Optional(
      Type.String({ description: 'ThumbHash, base64.', examples: ['3OcRJYB4d3h/iIeHeEh3eIhw+j3A'] }),
    ),
    dominantColor: Type.Optional(Type.String({ pattern: '^#[0-9a-f]{6}$', examples: ['#4a6f8b'] })),
    variants: Type.Optional(Type.Array(ref(Variant))),
    rejection: Type.Optional(ref(ImageRejection)),
  },
  { $id: 'Image' },
)

export const ImageList = Type.Object(
  {
    images: Type.Array(ref(Image), { description: 'Newest first.' }),
    nextCursor: Type.Optional(
      Type.String({ description: 'There when there may be more: ask again with it as `cursor`.' }),
    ),
  },
  { $id: 'ImageList' },
)

/** One shape for both answers, 200 and 201: most generators take a method's return type from the first of them. */
export const UploadAnswer = Type.Object(
  {
    imageId: ImageId,
    status: Status,
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
  },
)

export const FieldError = Type.Object(
  {
    field: Type.String({ description: 'Path of the field.', examples: ['sha256'] }),
    message: Type.String({ examples: ['must match pattern "^[0-9a-fA-F]{64}$"'] }),
  },
  { $id: 'FieldError' },
)

export const ProblemDetails = Type.Object(
  {
    type: Type.String({ examples: ['urn:hashgate:problem:validation-failed'] }),
    title: Type.String({ examples: [problems.VALIDATION_FAILED.title] }),
    status: Type.Integer({ minimum: 400, maximum: 599, examples: [400] }),
    code: growingEnum(keysOf(problems), {
      description: 'Stable code to branch on.',
      examples: ['VALIDATION_FAILED'],
    }),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(ref(FieldError), { description: 'What is wrong, field by field.' })),
    requestId: Type.Optional(Type.String({ description: 'Name it when you ask for help.' })),
  },
  { $id: 'ProblemDetails', description: 'RFC 9457 problem.' },
)

export const UploadBatchItem = Type.Object(
  { ...Type.Partial(UploadAnswer).properties, problem: Type.Optional(ref(ProblemDetails)) },
  {
    $id: 'UploadBatchItem',
    description:
      'What `createUpload` would have answered, or the `problem` of this one item. Either `imageId` or `problem` is there.',
  },
)

export const UploadBatchRequest = Type.Object(
  { uploads: Type.Array(ref(UploadRequest), { minItems: 1, maxItems: maxBatchItems }) },
  { $id: 'UploadBatchRequest', additionalProperties: false },
)

export const UploadBatchResult = Type.Object(
  {
    results: Type.Array(ref(UploadBatchItem), {
      description: 'One result an item, in the order of the request.',
    }),
  },
  { $id: 'UploadBatchResult' },
)

export const CompletionAccepted = Type.Object(
  { imageId: ImageId, status: Status },
  { $id: 'CompletionAccepted' },
)

export const DependencyState = Type.Object(
  {
    state: textEnum(['up', 'down']),
    latencyMs: Type.Number({ description: 'Milliseconds until it answered or was given up.' }),
  },
  { $id: 'DependencyState' },
)

export const Health = Type.Object({ status: textEnum(['ok']) }, { $id: 'Health' })

export const Readiness = Type.Object(
  {
    status: textEnum(['ready', 'degraded', 'unavailable']),
    dependencies: Type.Object({
      bucket: ref(DependencyState),
      catalog: ref(DependencyState),
      events: ref(DependencyState),
    }),
  },
  { $id: 'Readiness' },
)

export const namedSchemas = [
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
  ImageRejection,
  ProblemDetails,
  FieldError,
  Health,
  Readiness,
  DependencyState,
]
