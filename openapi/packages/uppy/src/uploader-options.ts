import type { ClientOptions, HashFunction, HashgateClient, UploadAnswer } from '@hashgate/client'
import type { Body, Meta, PluginOpts, UppyFile } from '@uppy/core'

/** The response of an uploaded file: `file.response.body`, and `response.body` of the event `upload-success`. */
export interface HashgateBody extends Body {
  /** SHA-256 of the file in lower-case hex, with which the gateway's API identifies the image. */
  imageId: string
  /** The gateway had the bytes already, so none were sent. */
  duplicate: boolean
}

interface UploaderSettings<M extends Meta, B extends Body> extends PluginOpts {
  /**
   * How many files are sent at a time, 3 by default: browsers open at most six connections to an HTTP/1.1 origin, and the gateway may
   * share it with the store.
   */
  limit?: number
  /** Computes the SHA-256 of a file in lower-case hex. The default, of `@hashgate/client`, works in a worker. */
  hash?: HashFunction
  /** Called with the gateway's response for a file, before its bytes are sent. A paused file gets another response when it is resumed. */
  onAnswer?: (file: UppyFile<M, B>, answer: UploadAnswer) => void
}

/** The gateway and the key, or a client that has them. */
type Connection = { client: HashgateClient } | ClientOptions

export type HashgateUploaderOptions<M extends Meta, B extends Body> = UploaderSettings<M, B> & Connection
