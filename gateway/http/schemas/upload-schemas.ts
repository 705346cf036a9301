import { Type } from 'typebox'
import { stringEnum } from '../enums.ts'
import { examples } from '../examples.ts'
import { ContentType, Image, ImageId, ImageRejection, ImageStatus } from './image-schemas.ts'
import { ProblemDetails } from './problem-schemas.ts'
import { bytes, moment, ref } from './schema-parts.ts'

/** The limit of a single PUT is 5 GiB. Source: AWS, "Uploading objects" in the S3 user guide. */
const s3MaxPutBytes = 5 * 1024 ** 3

export const maxBatchItems = 100

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
