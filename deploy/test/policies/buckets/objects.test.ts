import type { Request } from '../simulate.ts'
import { type Case, testAccess } from './test-access.ts'

testAccess(
  ({
    bucket,
    inRaw,
    inProcessed,
    raw,
    rawOfOther,
    rawAgain,
    variant,
    variantAgain,
    manifest,
    gateway,
    processor,
    reprocess,
    analytics,
  }) => {
    const upload: Request = { role: gateway, byUrl: true, action: 's3:PutObject', resource: raw }
    return {
      uploads: [
        [true, upload],
        [false, { action: 's3:PutObject', resource: raw }],
        [false, { ...upload, context: { 's3:if-none-match': undefined } }],
        [true, { ...upload, context: { 's3:signatureAge': '900000' } }],
        [false, { ...upload, context: { 's3:signatureAge': '900001' } }],
        [false, { ...upload, context: { 's3:signatureversion': 'AWS' } }],
        [false, { ...upload, context: { 's3:signatureversion': undefined } }],
        [false, { ...upload, context: { 'aws:SecureTransport': 'false' } }],
        [false, { role: processor, action: 's3:PutObject', resource: raw }],
        [false, { role: analytics, action: 's3:PutObject', resource: raw }],
        [false, { role: 'administrator', action: 's3:PutObject', resource: raw }],
      ],
      // The gateway serves all tenants, so its role covers every key of the layout. The signature limits a URL to one key.
      keys: [
        [true, { ...upload, resource: rawOfOther }],
        [false, { ...upload, resource: inRaw('top') }],
        [false, { ...upload, resource: variant }],
        [false, { ...upload, resource: manifest }],
        [true, { role: processor, action: 's3:PutObject', resource: variant }],
        [true, { role: processor, action: 's3:PutObject', resource: manifest }],
        [false, { role: processor, action: 's3:PutObject', resource: inProcessed('top') }],
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
        [false, { role: processor, action: 's3:GetObject', resource: inProcessed('top') }],
        [false, { role: analytics, action: 's3:GetObject', resource: variant }],
        [false, { role: analytics, action: 's3:GetObject', resource: manifest }],
        [false, { role: gateway, action: 's3:GetObject', resource: manifest }],
        [false, { role: 'administrator', action: 's3:GetObject', resource: manifest }],
        [false, { role: 'administrator', action: 's3:GetObjectVersion', resource: raw }],
        [false, { role: 'administrator', action: 's3:GetObjectVersionForReplication', resource: raw }],
        [false, { role: 'administrator', action: 's3:GetObjectVersionForReplication', resource: variant }],
        [false, { role: 'administrator', action: 's3:GetObjectVersionForReplication', resource: manifest }],
      ],
      'an image that is uploaded a second time': [
        [true, { ...upload, resource: rawAgain }],
        [true, { role: gateway, byUrl: true, action: 's3:GetObject', resource: variantAgain }],
        [false, { role: analytics, action: 's3:GetObject', resource: variantAgain }],
        ...[processor, reprocess].flatMap((role): Case[] => [
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
    }
  },
)
