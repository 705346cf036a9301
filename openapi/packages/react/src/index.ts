/** The public API of `@hashgate/react`. */
export { type HashgateOptions, HashgateProvider } from './hashgate-provider.ts'
export { ImageFromHashgate, type ImageFromHashgateProps } from './image-from-hashgate.ts'
export { ImageRejected } from './image-rejected.ts'
export type { Upload, UploadStatus } from './upload.ts'
export { type ImageState, useImage } from './use-image.ts'
export { type UploadState, type UseUploadOptions, useUpload } from './use-upload.ts'
