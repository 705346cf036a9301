import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto'

type Secret = string | ArrayBuffer | ArrayBufferView

const importedKeys = new WeakMap<object, KeyObject>()
let importedText: { text: string; key: KeyObject } | undefined

/**
 * SHA-256 and HMAC-SHA-256 for the SDK's signers (option `sha256`). A signer uses the same key bytes for all
 * signatures of one day. Importing the bytes costs Node.js ten times as much as the signature, so the imported key is cached per byte array.
 */
export class SigningHash {
  readonly #secret: Secret | undefined
  #hash: Hash | Hmac

  constructor(secret?: Secret) {
    this.#secret = secret
    this.#hash = createHashFor(secret)
  }

  update(data: Uint8Array): void {
    this.#hash.update(data)
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = createHashFor(this.#secret)
  }
}

function createHashFor(secret?: Secret): Hash | Hmac {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', importKey(secret))
}

function importKey(secret: Secret): KeyObject {
  return typeof secret === 'string' ? importText(secret) : importBytes(secret)
}

/** Caches one key: the only key passed as text is the secret access key. */
function importText(text: string): KeyObject {
  if (importedText?.text !== text) importedText = { text, key: createSecretKey(text, 'utf8') }
  return importedText.key
}

function importBytes(secret: ArrayBuffer | ArrayBufferView): KeyObject {
  const known = importedKeys.get(secret)
  if (known) return known
  const key = createSecretKey(ArrayBuffer.isView(secret) ? toBuffer(secret) : Buffer.from(secret))
  importedKeys.set(secret, key)
  return key
}

function toBuffer({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}
