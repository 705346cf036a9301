import t from 'tap'
import { manifestKey, parquetKey, rawKey, variantKey } from '../../../../core/images/object-key.ts'
import { environments, modelEnvironment } from '../../../model/model-environment.ts'
import { account, region } from '../../../model/name-resource.ts'
import { createPolicySimulator, type Request } from '../simulate.ts'

/** Whether a request is allowed. */
export type Case = [boolean, Request]

const image = { tenant: 'acme', imageId: '9f'.repeat(32), generation: '20261122' }
const otherTenants = { ...image, tenant: 'other' }
/** The second upload of a rejected image on the same day has a generation with a counter. */
const again = { ...image, generation: '20261122-2' }

/** ARNs and roles of an environment that the cases use. */
export function nameResources(env: string) {
  const bucket = (kind: string) => `arn:aws:s3:::hashgate-${env}-${kind}-${account}-${region}`
  const inRaw = (key: string) => `${bucket('raw')}/${key}`
  const inProcessed = (key: string) => `${bucket('processed')}/${key}`
  const roleOf = (name: string) => `hashgate-${env}-${name}`
  return {
    bucket,
    inRaw,
    inProcessed,
    raw: inRaw(rawKey(image)),
    rawOfOther: inRaw(rawKey(otherTenants)),
    rawAgain: inRaw(rawKey(again)),
    variant: inProcessed(variantKey(image, '5f0c9b1d7a3e8264', 'thumb', 'webp')),
    variantAgain: inProcessed(variantKey(again, '5f0c9b1d7a3e8264', 'thumb', 'webp')),
    manifest: inProcessed(manifestKey(image)),
    parquet: inProcessed(parquetKey('2026-11-22', '20261122T100000000Z-5e5e5e5e5e5e5e5e')),
    gateway: roleOf('gateway'),
    processor: roleOf('processor'),
    reprocess: roleOf('reprocess'),
    analytics: roleOf('analytics'),
    compaction: roleOf('compaction'),
  }
}

/** Tests the cases in each environment against role and bucket policies together. */
export function testAccess(
  casesOf: (names: ReturnType<typeof nameResources>) => Record<string, Case[]>,
): void {
  for (const env of environments) {
    const isAllowed = createPolicySimulator(modelEnvironment(env))
    for (const [title, requests] of Object.entries(casesOf(nameResources(env)))) {
      t.test(`${env}: ${title}`, async (t) => {
        for (const [expected, request] of requests) {
          const { role = 'an anonymous caller', action, resource, byUrl, context } = request
          const key = resource.split('/').slice(1).join('/').replace(image.imageId, '…')
          const how = `${byUrl ? ' by URL' : ''}${context ? ` with ${JSON.stringify(context)}` : ''}`
          const may = expected ? 'may' : 'may not'
          t.equal(await isAllowed(request), expected, `${role} ${may} ${action} ${key || 'the bucket'}${how}`)
        }
      })
    }
  }
}
