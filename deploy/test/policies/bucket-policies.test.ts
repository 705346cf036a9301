import t from 'tap'
import { manifestKey, parquetKey, rawKey, variantKey } from '../../../core/images/object-key.ts'
import { environments, modelEnvironment } from '../../model/model-environment.ts'
import { account, region } from '../../model/name-resource.ts'
import { createPolicySimulator, type Request } from './simulate.ts'

/** Actions that copy objects elsewhere, put foreign ones in, or keep them beyond their seven days. */
const objectSettings = [
  's3:ReplicateObject',
  's3:ReplicateDelete',
  's3:PutObjectRetention',
  's3:PutObjectLegalHold',
]
const bucketSettings = [
  's3:PutBucketNotification',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPublicAccessBlock',
  's3:PutReplicationConfiguration',
]

const image = { tenant: 'acme', imageId: '9f'.repeat(32), generation: '20261122' }
const otherTenants = { ...image, tenant: 'other' }
/** The second upload of a rejected image on the same day has a generation with a counter. */
const again = { ...image, generation: '20261122-2' }

for (const env of environments) {
  const bucket = (kind: string) => `arn:aws:s3:::hashgate-${env}-${kind}-${account}-${region}`
  const raw = `${bucket('raw')}/${rawKey(image)}`
  const variant = `${bucket('processed')}/${variantKey(image, '5f0c9b1d7a3e8264', 'thumb', 'webp')}`
  const manifest = `${bucket('processed')}/${manifestKey(image)}`
  const rawAgain = `${bucket('raw')}/${rawKey(again)}`
  const variantAgain = `${bucket('processed')}/${variantKey(again, '5f0c9b1d7a3e8264', 'thumb', 'webp')}`
  const parquet = `${bucket('processed')}/${parquetKey('2026-11-22', '20261122T100000000Z-5e5e5e5e5e5e5e5e')}`
  const roleOf = (name: string) => `hashgate-${env}-${name}`
  const [gateway, processor, reprocess] = ['gateway', 'processor', 'reprocess'].map(roleOf)
  const [analytics, compaction] = ['analytics', 'compaction'].map(roleOf)
  const isAllowed = createPolicySimulator(modelEnvironment(env))

  const cases: Record<string, [boolean, Request][]> = {
    uploads: [
      [true, { role: gateway, byUrl: true, action: 's3:PutObject', resource: raw }],
      [false, { action: 's3:PutObject', resource: raw }],
      [
        false,
        {
          role: gateway,
          byUrl: true,
          action: 's3:PutObject',
          resource: raw,
          context: { 's3:if-none-match': undefined },
        },
      ],
      [
        true,
        {
          role: gateway,
          byUrl: true,
          action: 's3:PutObject',
          resource: raw,
          context: { 's3:signatureAge': '900000' },
        },
      ],
      [
        false,
        {
          role: gateway,
          byUrl: true,
          action: 's3:PutObject',
          resource: raw,
          context: { 's3:signatureAge': '900001' },
        },
      ],
      [
        false,
        {
          role: gateway,
          byUrl: true,
          action: 's3:PutObject',
          resource: raw,
          context: { 's3:signatureversion': 'AWS' },
        },
      ],
      [
        false,
        {
          role: gateway,
          byUrl: true,
          action: 's3:PutObject',
          resource: raw,
          context: { 's3:signatureversion': undefined },
        },
      ],
      [
        false,
        {
          role: gateway,
          byUrl: true,
          action: 's3:PutObject',
          resource: raw,
          context: { 'aws:SecureTransport': 'false' },
        },
      ],
      [false, { role: processor, action: 's3:PutObject', resource: raw }],
      [false, { role: analytics, action: 's3:PutObject', resource: raw }],
      [false, { role: 'administrator', action: 's3:PutObject', resource: raw }],
    ],
    // The gateway serves all tenants, so its role covers every key of the layout. The signature limits a URL to one key.
    keys: [
      [
        true,
        {
          role: gateway,
          byUrl: true,
          action: 's3:PutObject',
          resource: `${bucket('raw')}/${rawKey(otherTenants)}`,
        },
      ],
      [false, { role: gateway, byUrl: true, action: 's3:PutObject', resource: `${bucket('raw')}/top` }],
      [false, { role: gateway, byUrl: true, action: 's3:PutObject', resource: variant }],
      [false, { role: gateway, byUrl: true, action: 's3:PutObject', resource: manifest }],
      [true, { role: processor, action: 's3:PutObject', resource: variant }],
      [true, { role: processor, action: 's3:PutObject', resource: manifest }],
      [false, { role: processor, action: 's3:PutObject', resource: `${bucket('processed')}/top` }],
      [false, { role: 'administrator', action: 's3:PutObject', resource: variant }],
    ],
    reads: [
      [true, { role: gateway, action: 's3:GetObject', resource: raw }],
      [false, { role: gateway, byUrl: true, action: 's3:GetObject', resource: raw }],
      [true, { role: processor, action: 's3:GetObject', resource: raw }],
      [false, { role: analytics, action: 's3:GetObject', resource: raw }],
      [false, { role: 'administrator', action: 's3:GetObject', resource: raw }],
      [true, { role: gateway, byUrl: true, action: 's3:GetObject', resource: variant }],
      [
        false,
        {
          role: gateway,
          byUrl: true,
          action: 's3:GetObject',
          resource: variant,
          context: { 's3:signatureAge': '3600001' },
        },
      ],
      [false, { action: 's3:GetObject', resource: variant }],
      [true, { role: processor, action: 's3:GetObject', resource: variant }],
      [true, { role: processor, action: 's3:GetObject', resource: manifest }],
      [false, { role: processor, action: 's3:GetObject', resource: `${bucket('processed')}/top` }],
      [false, { role: analytics, action: 's3:GetObject', resource: variant }],
      [false, { role: analytics, action: 's3:GetObject', resource: manifest }],
      [false, { role: gateway, action: 's3:GetObject', resource: manifest }],
      [false, { role: 'administrator', action: 's3:GetObject', resource: manifest }],
      [false, { role: 'administrator', action: 's3:GetObjectVersion', resource: raw }],
      [false, { role: 'administrator', action: 's3:GetObjectVersionForReplication', resource: raw }],
      [false, { role: 'administrator', action: 's3:GetObjectVersionForReplication', resource: variant }],
      [false, { role: 'administrator', action: 's3:GetObjectVersionForReplication', resource: manifest }],
    ],
    reprocessing: [
      [true, { role: reprocess, action: 's3:GetObject', resource: raw }],
      [true, { role: reprocess, action: 's3:PutObject', resource: variant }],
      [true, { role: reprocess, action: 's3:PutObject', resource: manifest }],
      [false, { role: reprocess, action: 's3:PutObject', resource: raw }],
      [true, { role: reprocess, action: 's3:GetObject', resource: variant }],
      [true, { role: reprocess, action: 's3:GetObject', resource: manifest }],
      [false, { role: reprocess, action: 's3:DeleteObject', resource: manifest }],
      [false, { role: processor, action: 's3:DeleteObject', resource: manifest }],
    ],
    // The keeper removes a single image: it reads manifests, deletes one and rewrites the Parquet file.
    compaction: [
      ...[manifest, parquet].flatMap((resource): [boolean, Request][] => [
        [true, { role: compaction, action: 's3:GetObject', resource }],
        [true, { role: 'deployer', action: 's3:GetObject', resource }],
        [false, { role: gateway, action: 's3:GetObject', resource }],
        [false, { role: 'administrator', action: 's3:GetObject', resource }],
      ]),
      [true, { role: analytics, action: 's3:GetObject', resource: parquet }],
      [false, { role: processor, action: 's3:GetObject', resource: parquet }],
      [false, { role: compaction, action: 's3:GetObject', resource: variant }],
      [false, { role: 'deployer', action: 's3:GetObject', resource: variant }],
      [false, { role: compaction, action: 's3:GetObject', resource: raw }],

      [true, { role: compaction, action: 's3:PutObject', resource: parquet }],
      [true, { role: 'deployer', action: 's3:PutObject', resource: parquet }],
      [
        false,
        {
          role: compaction,
          action: 's3:PutObject',
          resource: parquet,
          context: { 's3:if-none-match': undefined },
        },
      ],
      ...[gateway, processor, reprocess, analytics, 'administrator'].flatMap((role): [boolean, Request][] => [
        [false, { role, action: 's3:PutObject', resource: parquet }],
        [false, { role, action: 's3:DeleteObject', resource: parquet }],
      ]),
      ...[manifest, variant, raw].flatMap((resource): [boolean, Request][] => [
        [false, { role: compaction, action: 's3:PutObject', resource }],
        [false, { role: 'deployer', action: 's3:PutObject', resource }],
        [false, { role: compaction, action: 's3:DeleteObject', resource }],
        [true, { role: 'deployer', action: 's3:DeleteObject', resource }],
      ]),
      [true, { role: compaction, action: 's3:DeleteObject', resource: parquet }],
      [true, { role: 'deployer', action: 's3:DeleteObject', resource: parquet }],
      [false, { role: compaction, action: 's3:DeleteObjectVersion', resource: parquet }],
      [false, { role: compaction, action: 's3:PutBucketPolicy', resource: bucket('processed') }],
    ],
    listings: [
      ...[
        [compaction, 'manifests/day=2026-11-22/', true],
        [compaction, 'manifests/parquet/', true],
        [compaction, 'acme/', false],
        [compaction, undefined, true],
        [analytics, undefined, false],
        [analytics, 'manifests/parquet/day=2026-11-22/', true],
        [analytics, 'manifests/day=2026-11-22/', false],
      ].map(([role, prefix, expected]): [boolean, Request] => [
        Boolean(expected),
        {
          role: String(role),
          action: 's3:ListBucket',
          resource: bucket('processed'),
          context: { 's3:prefix': prefix as string | undefined },
        },
      ]),
    ],
    'an image that is uploaded again': [
      [true, { role: gateway, byUrl: true, action: 's3:PutObject', resource: rawAgain }],
      [true, { role: gateway, byUrl: true, action: 's3:GetObject', resource: variantAgain }],
      [false, { role: analytics, action: 's3:GetObject', resource: variantAgain }],
      ...[processor, reprocess].flatMap((role): [boolean, Request][] => [
        [true, { role, action: 's3:GetObject', resource: rawAgain }],
        [true, { role, action: 's3:PutObject', resource: variantAgain }],
        [true, { role, action: 's3:GetObject', resource: variantAgain }],
      ]),
    ],
    // Without s3:ListBucket, S3 answers 403 instead of 404 for a missing object.
    'missing objects': [
      [true, { role: gateway, action: 's3:ListBucket', resource: bucket('raw') }],
      [true, { role: processor, action: 's3:ListBucket', resource: bucket('raw') }],
      [true, { role: reprocess, action: 's3:ListBucket', resource: bucket('raw') }],
    ],
    'deletes and lifecycle changes': [raw, variant].flatMap((resource): [boolean, Request][] => {
      const of = resource.split('/')[0] ?? ''
      return [
        ...[gateway, processor, reprocess, analytics, 'administrator'].flatMap(
          (role): [boolean, Request][] => [
            [false, { role, action: 's3:DeleteObject', resource }],
            [false, { role, action: 's3:DeleteObjectVersion', resource }],
            [false, { role, action: 's3:PutLifecycleConfiguration', resource: of }],
            [false, { role, action: 's3:PutBucketPolicy', resource: of }],
            ...objectSettings.map((action): [boolean, Request] => [false, { role, action, resource }]),
            ...bucketSettings.map((action): [boolean, Request] => [false, { role, action, resource: of }]),
          ],
        ),
        [true, { role: 'deployer', action: 's3:DeleteObject', resource }],
        [true, { role: 'deployer', action: 's3:PutLifecycleConfiguration', resource: of }],
        [
          false,
          {
            role: 'deployer',
            action: 's3:DeleteObject',
            resource,
            context: { 'aws:SecureTransport': 'false' },
          },
        ],
      ]
    }),
  }

  for (const [title, requests] of Object.entries(cases)) {
    t.test(`${env}: ${title}`, async (t) => {
      for (const [expected, request] of requests) {
        const { role = 'nobody', action, resource, byUrl, context } = request
        const key = resource.split('/').slice(1).join('/').replace(image.imageId, '…')
        const how = `${byUrl ? ' by URL' : ''}${context ? ` with ${JSON.stringify(context)}` : ''}`
        const may = expected ? 'may' : 'may not'
        t.equal(await isAllowed(request), expected, `${role} ${may} ${action} ${key || 'the bucket'}${how}`)
      }
    })
  }
}
