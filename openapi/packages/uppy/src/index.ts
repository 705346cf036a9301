/** The public API of `@hashgate/uppy`. */
export { HashgateUploader } from './hashgate-uploader.ts'
export type { HashgateBody, HashgateUploaderOptions } from './uploader-options.ts'
