import { sharp } from '../decoder.ts'

type Name = 'srgb' | 'p3'

const profiles = new Map<Name, Promise<Buffer | undefined>>()

/** An ICC profile that libvips contains: 480 bytes each. */
export function builtinProfile(name: Name): Promise<Buffer | undefined> {
  const profile = profiles.get(name) ?? readProfile(name)
  profiles.set(name, profile)
  return profile
}

async function readProfile(name: Name): Promise<Buffer | undefined> {
  const pixel = sharp(Buffer.alloc(3), { raw: { width: 1, height: 1, channels: 3 } })
  const png = await pixel.withIccProfile(name).png().toBuffer()
  return (await sharp(png).metadata()).icc
}
