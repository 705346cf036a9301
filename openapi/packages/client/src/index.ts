/** The public API of `@hashgate/client`. */
export {
  type BatcherOptions,
  createUploadBatcher,
  type FlushableBatcher,
  type UploadBatcher,
} from './batch-uploads.ts'
export { cutFileName } from './cut-file-name.ts'
export { detectContentType } from './detect-content-type.ts'
export { type BlobHashOptions, createBlobHash, hashBlob } from './hash/hash-blob.ts'
export type { HashFunction, HashOptions } from './hash/hash-function.ts'
export { type ClientOptions, createHashgateClient, type HashgateClient } from './hashgate-client.ts'
export { GatewayUnreachable, HashgateError } from './hashgate-error.ts'
export { makeSrcset } from './make-srcset.ts'
export { putObject } from './put-object.ts'
export { selectVariants } from './select-variants.ts'
export { FileChanged, StoreError, StoreUnreachable } from './store-error.ts'
export type * from './types.ts'
export type * from './upload/images-options.ts'
export type { ImagesProgress } from './upload/track-progress.ts'
export { deliverBytes, isGranted, type UploadOptions, type UploadStep, uploadImage } from './upload-image.ts'
export { uploadImages } from './upload-images.ts'
export { watchImages } from './watch-images.ts'
