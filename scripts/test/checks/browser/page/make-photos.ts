import sharp, { type Sharp } from 'sharp'

/** A file for a file input. */
export interface ChosenFile {
  name: string
  mimeType: string
  buffer: Buffer
}

type Encode = (image: Sharp) => Sharp

const formats: [extension: string, mimeType: string, encode: Encode][] = [
  ['jpg', 'image/jpeg', (image) => image.jpeg()],
  ['png', 'image/png', (image) => image.png()],
  ['webp', 'image/webp', (image) => image.webp()],
  ['avif', 'image/avif', (image) => image.avif({ effort: 0 })],
  ['gif', 'image/gif', (image) => image.gif({ effort: 1 })],
  ['tiff', 'image/tiff', (image) => image.tiff()],
]

const sizes = [
  [40, 30],
  [320, 240],
  [480, 640],
  [900, 600],
  [1600, 200],
] as const

/** Thirty images of all formats and of various sizes. */
export function makeMixedPhotos(): Promise<ChosenFile[]> {
  return Promise.all(
    formats.flatMap(([extension, mimeType, encode], row) =>
      sizes.map(async ([width, height], column) => {
        const image = makeImage(width, height, row * sizes.length + column)
        const name = `mixed-${width}x${height}.${extension}`
        return { name, mimeType, buffer: await encode(image).toBuffer() }
      }),
    ),
  )
}

/** JPEGs that are unique to the seed. */
export function makePhotos(count: number, seed: number): Promise<ChosenFile[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      name: `photo-${seed + index}.jpg`,
      mimeType: 'image/jpeg',
      buffer: await makeImage(400, 300, seed + index)
        .jpeg()
        .toBuffer(),
    })),
  )
}

/** The first half of a PNG. */
export async function makeBrokenPng(): Promise<ChosenFile> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  const png = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#000', noise } })
    .png()
    .toBuffer()
  return { name: 'broken.png', mimeType: 'image/png', buffer: png.subarray(0, png.length / 2) }
}

/** A file that looks like a phone's HEIC photo, which the gateway refuses unless HEIC is on. */
export function makeHeicHead(): ChosenFile {
  const head = Buffer.alloc(64)
  head.writeUInt32BE(24)
  head.write('ftypheic\0\0\0\0mif1heic', 4, 'latin1')
  return { name: 'phone.heic', mimeType: 'image/heic', buffer: head }
}

function makeImage(width: number, height: number, seed: number): Sharp {
  const hue = (seed * 47) % 360
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl(${hue},70%,45%)"/>
    <stop offset="1" stop-color="hsl(${(hue + 80) % 360},70%,75%)"/></linearGradient>
    <rect width="100%" height="100%" fill="url(#g)"/><circle cx="${seed % 29}%" cy="50%" r="20%" fill="#fff8"/></svg>`
  return sharp(Buffer.from(svg))
}
