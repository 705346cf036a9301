import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'

type Bytes = string | ArrayBuffer | ArrayBufferView

/** SHA-256, or HMAC-SHA-256 when given a secret, in the shape that the SDK's signer asks for. */
export class Sha256Checksum {
  #hash: Hash | Hmac
  readonly #secret?: Bytes

  constructor(secret?: Bytes) {
    this.#secret = secret
    this.#hash = createSha256(secret)
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes)
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = createSha256(this.#secret)
  }
}

function createSha256(secret?: Bytes): Hash | Hmac {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', toKey(secret))
}

function toKey(secret: Bytes): string | Uint8Array {
  if (typeof secret === 'string') return secret
  if (secret instanceof ArrayBuffer) return new Uint8Array(secret)
  return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
}
