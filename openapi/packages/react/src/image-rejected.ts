import type { Image } from '@hashgate/client'

/** The image was rejected after the upload, for example because it is damaged. `code` is stable, `message` a sentence for users. */
export class ImageRejected extends Error {
  override readonly name = 'ImageRejected'
  readonly code: string

  constructor({ rejection }: Image) {
    super(rejection?.detail ?? 'The image was rejected.')
    this.code = rejection?.reason ?? 'REJECTED'
  }
}
