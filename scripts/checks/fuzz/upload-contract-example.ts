import { uploadImage } from '../../../openapi/client/upload-image.ts'
import type { LocalSystem } from '../../local/start-system.ts'

/** The bytes whose SHA-256 the contract's examples name, and which are no image. */
const bytes = 'test'

/** Lets the examples speak of an image that is there: whoever waits for it is not kept waiting, and all calls get through. */
export async function uploadContractExample({ gatewayUrl, key }: LocalSystem): Promise<void> {
  const file = new Blob([bytes], { type: 'image/jpeg' })
  await uploadImage(file, { gateway: gatewayUrl, key })
}
