import {
  createHashgateClient,
  type HashgateClient,
} from '../../openapi/packages/client/src/hashgate-client.ts'
import { type FreshPhoto, makeFreshPhoto } from './make-fresh-photo.ts'

export interface TargetOptions {
  gateway: string
  key: string
  /** API key of another tenant. */
  otherKey?: string
  /** How long to wait for the photo to be processed. */
  timeoutSeconds: number
  /** How long to wait, at most, for an upload URL to expire. */
  expiryWaitSeconds: number
  sleep: (seconds: number) => Promise<unknown>
}

/** The system under verification, and two photos that have never been uploaded to it. */
export interface Target extends TargetOptions {
  client: HashgateClient
  /** Uploaded and processed normally. */
  photo: FreshPhoto
  /** Must never be stored: the checks misuse its upload URL. */
  unwanted: FreshPhoto
}

export async function createTarget(options: TargetOptions): Promise<Target> {
  const [photo, unwanted] = await Promise.all([makeFreshPhoto(), makeFreshPhoto()])
  return { ...options, client: createHashgateClient(options), photo, unwanted }
}
