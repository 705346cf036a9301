import { type Case, testAccess } from './test-access.ts'

testAccess(
  ({ bucket, raw, variant, manifest, parquet, gateway, processor, reprocess, analytics, compaction }) => ({
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
      ...[manifest, parquet].flatMap((resource): Case[] => [
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
      ...[gateway, processor, reprocess, analytics, 'administrator'].flatMap((role): Case[] => [
        [false, { role, action: 's3:PutObject', resource: parquet }],
        [false, { role, action: 's3:DeleteObject', resource: parquet }],
      ]),
      ...[manifest, variant, raw].flatMap((resource): Case[] => [
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
      ].map(
        ([role, prefix, expected]): Case => [
          Boolean(expected),
          {
            role: String(role),
            action: 's3:ListBucket',
            resource: bucket('processed'),
            context: { 's3:prefix': prefix as string | undefined },
          },
        ],
      ),
    ],
  }),
)
