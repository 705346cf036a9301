import { cutFileName } from '../cut-file-name.ts'
import { detectContentType } from '../detect-content-type.ts'
import { hashBlob } from '../hash/hash-blob.ts'
import type { HashFunction } from '../hash/hash-function.ts'
import { type ClientOptions, createHashgateClient, type HashgateClient } from '../hashgate-client.ts'
import { HashgateError } from '../hashgate-error.ts'
import { asFileChanged } from '../store-error.ts'
import type { ContentType, Image, UploadAnswer, UploadRequest } from '../types.ts'

interface Description {
  hash?: HashFunction
  fileName?: string
  signal?: AbortSignal
}

/** Reads a file once and makes the request for its upload. @throws FileChanged when it can no longer be read */
export async function describeFile(
  file: Blob,
  { hash = hashBlob, fileName = (file as Partial<File>).name ?? '', signal }: Description,
): Promise<UploadRequest> {
  try {
    const contentType = ((await detectContentType(file)) ?? file.type) as ContentType
    const sha256 = await hash(file, { signal })
    return { sha256, byteLength: file.size, contentType, fileName: cutFileName(fileName) || undefined }
  } catch (error) {
    throw asFileChanged(error) ?? error
  }
}

/** Returns the image when it is `ready` or `rejected`. A key with only the scope `upload` reads its image with the token from the response. */
export async function awaitImage(
  client: HashgateClient,
  { imageId, image, readToken }: UploadAnswer,
  options: ClientOptions,
): Promise<Image> {
  if (image) return image
  return client.waitForImage(imageId).catch((error) => {
    if (!readToken || !isScopeMissing(error)) throw error
    return createHashgateClient({ ...options, key: readToken }).waitForImage(imageId)
  })
}

function isScopeMissing(error: unknown): boolean {
  return error instanceof HashgateError && error.code === 'SCOPE_MISSING'
}
