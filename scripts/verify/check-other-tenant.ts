import { createHashgateClient } from '../../openapi/packages/client/src/hashgate-client.ts'
import { HashgateError } from '../../openapi/packages/client/src/hashgate-error.ts'
import { type Check, expect, Skipped } from './check.ts'
import type { Target } from './target.ts'

const diagnosis =
  'Check with "npm run keys -- list" that the two keys belong to different tenants. If they do, report this as a security bug.'

export const otherTenantChecks: Check[] = [
  {
    promise: 'another tenant cannot read the image',
    diagnosis,
    run: async (target) => {
      const error = await otherClient(target)
        .getImage(target.photo.request.sha256)
        .then(() => undefined)
        .catch((refusal) => refusal)
      expect(error !== undefined, 'the gateway returned the image')
      expect(error instanceof HashgateError && error.code === 'IMAGE_NOT_FOUND', String(error))
    },
  },
  {
    promise: 'another tenant does not learn that the bytes are stored',
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
