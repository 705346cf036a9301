export interface HashOptions {
  /** Called while a large file is read. */
  onProgress?: (hashedBytes: number) => void
  signal?: AbortSignal
}

/** Computes the SHA-256 of a file as lower-case hex. */
export type HashFunction = (file: Blob, options?: HashOptions) => Promise<string>
