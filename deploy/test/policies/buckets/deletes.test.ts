import { type Case, testAccess } from './test-access.ts'

/** Actions that copy objects elsewhere, import foreign ones, or keep objects longer than seven days. */
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

testAccess(({ raw, variant, gateway, processor, reprocess, analytics }) => ({
  'deletes and lifecycle changes': [raw, variant].flatMap((resource): Case[] => {
    const of = resource.split('/')[0] ?? ''
    return [
      ...[gateway, processor, reprocess, analytics, 'administrator'].flatMap((role): Case[] => [
        [false, { role, action: 's3:DeleteObject', resource }],
        [false, { role, action: 's3:DeleteObjectVersion', resource }],
        [false, { role, action: 's3:PutLifecycleConfiguration', resource: of }],
        [false, { role, action: 's3:PutBucketPolicy', resource: of }],
        ...objectSettings.map((action): Case => [false, { role, action, resource }]),
        ...bucketSettings.map((action): Case => [false, { role, action, resource: of }]),
      ]),
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
}))
