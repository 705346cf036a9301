import { createHashgateClient } from '../../openapi/client/hashgate-client.ts'
import { HashgateError } from '../../openapi/client/hashgate-error.ts'
import { type Check, expect, Skipped } from './check.ts'
import type { Target } from './target.ts'

const diagnosis =
  'Are the two keys of different tenants? "npm run keys -- list" says so. Otherwise this is grave: report it.'

export const otherTenantChecks: Check[] = [
  {
    promise: 'another tenant cannot read the image',
    diagnosis,
    run: async (target) => {
      const error = await otherClient(target)
        .getImage(target.photo.request.sha256)
        .then(() => undefined)
        .catch((refusal) => refusal)
      expect(error !== undefined, 'the image')
      expect(error instanceof HashgateError && error.code === 'IMAGE_NOT_FOUND', String(error))
    },
  },
  {
    promise: 'another tenant is not told that the bytes are there',
    diagnosis,
    run: async (target) => {
      const answer = await otherClient(target).requestUpload(target.photo.request)
      expect(!answer.duplicate && answer.upload !== undefined, `duplicate: ${answer.duplicate}`)
    },
  },
]

function otherClient({ gateway, otherKey }: Target) {
  if (!otherKey) throw new Skipped('no --other-key was given')
  return createHashgateClient({ gateway, key: otherKey })
}
