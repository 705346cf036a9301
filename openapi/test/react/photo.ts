import type { Image, Variant } from '../../packages/client/src/types.ts'

/** The record of a photograph that is ready. The query of its URLs is that of the first signature. */
export const photo: Image = {
  imageId: 'a'.repeat(64),
  status: 'ready',
  sequence: 3,
  byteLength: 4_000_000,
  contentType: 'image/jpeg',
  createdAt: '2026-11-22T10:00:00.000Z',
  expiresAt: '2026-11-29T10:00:00.000Z',
  width: 4272,
  height: 2848,
  placeholder: '1QcSHQRnh493V4dIh4eXh1h4kJUI',
  dominantColor: '#884422',
  variants: [variant('thumb', 256, 256), variant('medium', 1024, 683), variant('large', 2048, 1365)],
}

function variant(name: string, width: number, height: number): Variant {
  return {
    name,
    width,
    height,
    byteLength: 1000,
    contentType: 'image/webp',
    url: `https://store/${name}.webp?1`,
    urlExpiresAt: '2026-11-22T11:00:00.000Z',
  }
}
