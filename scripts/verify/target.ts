import { createHashgateClient, type HashgateClient } from '../../openapi/client/hashgate-client.ts'
import type { UploadGranted } from '../../openapi/client/types.ts'
import { isGranted } from '../../openapi/client/upload-image.ts'
import { Broken } from './check.ts'
import { type FreshPhoto, makeFreshPhoto } from './make-fresh-photo.ts'

export interface TargetOptions {
  gateway: string
  key: string
  /** Of another tenant. */
  otherKey?: string
  /** Longest wait for the processing of the photo. */
  timeoutSeconds: number
  /** Longest wait for a URL to expire. */
  expiryWaitSeconds: number
  sleep: (seconds: number) => Promise<unknown>
}

/** The system that is verified, and the two photos that it has never seen before. */
export interface Target extends TargetOptions {
  client: HashgateClient
  /** Is stored, in the end. */
  photo: FreshPhoto
  /** Is never to be stored: every way of abusing its URL is tried. */
  unwanted: FreshPhoto
}

export async function describeTarget(options: TargetOptions): Promise<Target> {
  const [photo, unwanted] = await Promise.all([makeFreshPhoto(), makeFreshPhoto()])
  return { ...options, client: createHashgateClient(options), photo, unwanted }
}

/** Asks where to put a photo; every time with a URL of its own. @throws Broken when the gateway does not want it */
export async function askForUpload({ client }: Target, photo: FreshPhoto): Promise<UploadGranted> {
  const answer = await client.requestUpload(photo.request)
  if (!isGranted(answer))
    throw new Broken(`the gateway has ${photo.request.sha256} already: ${answer.status}`)
  return answer
}
