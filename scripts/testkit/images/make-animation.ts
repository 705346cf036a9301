import { sharp } from '../../../processor/imaging/decoder.ts'

interface AnimationOptions {
  width?: number
  height?: number
  /** The colour of each frame; use eight hex digits for transparency. */
  colours?: string[]
  /** Milliseconds of each frame. */
  delay?: number[]
  loop?: number
  orientation?: number
}

/** An animation of plain frames with delays, a loop count and optionally an orientation. */
export async function makeAnimation(
  format: 'gif' | 'webp',
  { width = 60, height = 40, loop = 3, orientation, ...options }: AnimationOptions = {},
): Promise<Buffer> {
  const { colours = ['#ff0000', '#0000ff', '#00ff00'], delay = [100, 200, 300] } = options
  const create = { width, height, channels: 4 } as const
  const frames = await Promise.all(
    colours.map((background) =>
      sharp({ create: { ...create, background } })
        .png()
        .toBuffer(),
    ),
  )
  const animation = sharp(frames, { join: { animated: true } })
  if (orientation) animation.withMetadata({ orientation })
  return animation.toFormat(format, { loop, delay, lossless: true }).toBuffer()
}
