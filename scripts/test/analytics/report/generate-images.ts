const dayMs = 86_400_000

export interface GeneratedImage {
  tenant: string
  imageId: string
  generation: string
  status: 'ready' | 'rejected' | 'pending'
  byteLength: number
  duplicates: number
  requestedAtMs: number
  startedAtMs?: number
  finishedAtMs?: number
  reason?: string
  format?: string
  width?: number
  height?: number
  camera?: { make: string; model: string }
}

const tenants = ['acme', 'acme', 'acme', 'acme', 'birdwatch', 'birdwatch', 'marketplace', 'travel-blog']
const formats = ['jpeg', 'jpeg', 'jpeg', 'jpeg', 'jpeg', 'png', 'webp', 'heif']
const reasons = ['image_corrupt', 'image_corrupt', 'image_corrupt', 'image_too_large', 'format_not_supported']
const cameras = [
  { make: 'Apple', model: 'iPhone 15' },
  { make: 'Apple', model: 'iPhone 15' },
  { make: 'Canon', model: 'Canon EOS 40D' },
  { make: 'Google', model: 'Pixel 8' },
  { make: 'NIKON CORPORATION', model: 'NIKON D5300' },
  undefined,
]

/** Generates reproducible images for the days up to today. More arrive by day than by night, and more on each later day. */
export function generateImages(now: Date, days: number, perDay: number): GeneratedImage[] {
  const random = createRandom(7)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const firstMs = Date.parse(now.toISOString().slice(0, 10)) - (days - 1) * dayMs

  return Array.from({ length: days * perDay }, (_, index): GeneratedImage => {
    // The square root shifts more of them to later days.
    const day = Math.floor(days * Math.sqrt((index + 0.5) / (days * perDay)))
    const hour = 7 + 14 * ((random() + random()) / 2)
    const requestedAtMs = Math.floor(firstMs + day * dayMs + hour * 3_600_000)
    const image = {
      tenant: pick(tenants),
      imageId: index.toString(16).padStart(64, '0'),
      generation: new Date(requestedAtMs).toISOString().slice(0, 10).replaceAll('-', ''),
      byteLength: Math.round(200_000 + 6_000_000 * random() ** 2),
      duplicates: random() < 0.2 ? 1 + Math.floor(random() * 3) : 0,
      requestedAtMs,
    }
    const fate = random()
    if (fate < 0.05 || requestedAtMs > now.getTime() - 60_000) return { ...image, status: 'pending' }
    const startedAtMs = requestedAtMs + 500 + Math.floor(random() * 3_000)
    const finishedAtMs =
      startedAtMs + Math.round(120 + 400 * random() + (random() < 0.04 ? 4_000 * random() : 0))
    const times = { startedAtMs, finishedAtMs }
    if (fate < 0.09) return { ...image, ...times, status: 'rejected', reason: pick(reasons) }
    return {
      ...image,
      ...times,
      status: 'ready',
      format: pick(formats),
      width: 4_000,
      height: 3_000,
      camera: pick(cameras),
    }
  }).filter(({ requestedAtMs }) => requestedAtMs <= now.getTime())
}

/** Mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
