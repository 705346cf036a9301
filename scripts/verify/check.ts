import type { UploadGranted } from '../../openapi/packages/client/src/types.ts'
import { isGranted } from '../../openapi/packages/client/src/upload-image.ts'
import type { FreshPhoto } from './make-fresh-photo.ts'
import type { Target } from './target.ts'

/** One promise of a deployed system and the test for it. */
export interface Check {
  /** A sentence; it becomes the line of the TAP report. */
  promise: string
  /** What an operator should look at when the check fails. */
  diagnosis: string
  /** If this check fails, the remaining ones are meaningless and do not run. */
  isVital?: boolean
  /** @throws Broken when the promise is broken, Skipped when the check cannot run */
  run: (target: Target) => Promise<void>
}

/** The promise is broken; the message states what was found. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** The check did not run; the message states the reason. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

export function expect(holds: boolean, found: string): asserts holds {
  if (!holds) throw new Broken(found)
}

/** Requests an upload URL for a photo; every call returns a new URL. @throws Broken when the gateway issues none */
export async function requestUpload({ client }: Target, photo: FreshPhoto): Promise<UploadGranted> {
  const answer = await client.requestUpload(photo.request)
  expect(isGranted(answer), `the gateway already has ${photo.request.sha256}: ${answer.status}`)
  return answer
}
