import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto'

type Secret = string | ArrayBuffer | ArrayBufferView

const importedKeys = new WeakMap<object, KeyObject>()
let importedText: { text: string; key: KeyObject } | undefined

/**
 * SHA-256 and HMAC-SHA-256 for the SDK's signers (their option `sha256`). A signer keeps the key of a day as bytes and
 * hands over the same bytes for every signature; Node imports a key that comes as bytes anew each time, at ten times the
 * cost of the signature itself. So the imported key is remembered for as long as its bytes are.
 */
export class SigningHash {
  readonly #secret: Secret | undefined
  #hash: Hash | Hmac

  constructor(secret?: Secret) {
    this.#secret = secret
    this.#hash = begin(secret)
  }

  update(data: Uint8Array): void {
    this.#hash.update(data)
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = begin(this.#secret)
  }
}

function begin(secret?: Secret): Hash | Hmac {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', importKey(secret))
}

function importKey(secret: Secret): KeyObject {
  return typeof secret === 'string' ? importText(secret) : importBytes(secret)
}

/** There is one text that comes again and again: the secret access key, until it is rotated. */
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
