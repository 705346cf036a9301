import { createHash } from 'node:crypto'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { HeadObjectCommand, NotFound, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'

export interface BucketEndpoint {
  /** URL without a path; objects are addressed path-style. */
  endpoint: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

export interface SignedPut {
  url: string
  /** Every header the client must send, content-length included. */
  headers: Record<string, string>
}

export interface RawAnswer {
  status: number
  /** The `<Code>` of an S3 error; empty otherwise. */
  code: string
  headers: IncomingHttpHeaders
  body: string
}

export function createContractClient(store: BucketEndpoint): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = store
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  })
}

/** Signs a PUT as the gateway does: every header that must be enforced is signed. */
export async function signPut(
  client: S3Client,
  put: { bucket: string; key: string; bytes: Buffer; signedAt?: Date; expiresInSeconds?: number },
): Promise<SignedPut> {
  const checksum = createHash('sha256').update(put.bytes).digest('base64')
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const url = await getSignedUrl(
    client,
    new PutObjectCommand({
      Bucket: put.bucket,
      Key: put.key,
      ContentType: 'image/png',
      ContentLength: put.bytes.length,
      ChecksumSHA256: checksum,
      IfNoneMatch: '*',
      Metadata: { traceparent },
    }),
    {
      expiresIn: put.expiresInSeconds ?? 300,
      signingDate: put.signedAt ?? new Date(),
      signableHeaders: new Set(['content-type']),
      unhoistableHeaders: new Set(['x-amz-checksum-sha256', 'x-amz-meta-traceparent']),
    },
  )
  return {
    url,
    headers: {
      'content-length': String(put.bytes.length),
      'content-type': 'image/png',
      'if-none-match': '*',
      'x-amz-checksum-sha256': checksum,
      'x-amz-meta-traceparent': traceparent,
    },
  }
}

/** Sends exactly these headers, even if they do not match the body, which `fetch` refuses to do. */
export function sendRaw(
  url: string,
  init: { method: string; headers?: Record<string, string | string[]>; body?: Buffer; hangUp?: boolean },
): Promise<RawAnswer> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = send(url, { method: init.method, headers: init.headers, agent: false })
    request.on('error', reject)
    request.on('response', async (response) => {
      const body = await text(response).catch(() => '')
      const code = body.match(/<Code>(\w+)<\/Code>/)?.[1] ?? ''
      resolve({ status: response.statusCode ?? 0, code, headers: response.headers, body })
    })
    request.end(init.body)
    // Closes only the sending half, so that the response can still arrive.
    if (init.hangUp) request.on('finish', () => request.socket?.end())
  })
}

export function sendSignedPut(signed: SignedPut, body: Buffer): Promise<RawAnswer> {
  return sendRaw(signed.url, { method: 'PUT', headers: signed.headers, body })
}

export async function isStored(client: S3Client, bucket: string, key: string): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return true
  } catch (error) {
    if (error instanceof NotFound) return false
    throw error
  }
}
