import { acceptedFormats } from '../../../core/images/formats.ts'
import { type EncodableFormat, encodableFormats, encodeAs } from '../images/make-image.ts'
import { createRandom, type Random, randomBytes } from './create-random.ts'
import { drawPicture } from './draw-picture.ts'
import type { HostileInput } from './hostile-input.ts'

const formats = encodableFormats
const mutantsOfEach = 350

/** Files of every format, truncated after each percent of their length. */
export async function* makeCutOff(): AsyncGenerator<HostileInput> {
  for (const format of formats) {
    const whole = await encodeAs(format, drawPicture())
    for (let percent = 0; percent < 100; percent++) {
      const bytes = whole.subarray(0, Math.floor((whole.length * percent) / 100))
      const expected = identifiable(bytes) ? 'image_corrupt' : 'format_unsupported'
      yield input(`cut off ${format}`, `${percent} %`, bytes, format, expected)
    }
  }
}

/** Files of every format with flipped bits. In every second file, all of them are in the first 128 bytes. */
export async function* makeFlipped(): AsyncGenerator<HostileInput> {
  const random = createRandom(5)
  for (const format of formats) {
    const whole = await encodeAs(format, drawPicture())
    for (let mutant = 0; mutant < mutantsOfEach; mutant++) {
      const bytes = flipBits(whole, random, mutant % 2 ? Math.min(128, whole.length) : whole.length)
      yield input(`flipped ${format}`, String(mutant), bytes, format, 'either')
    }
  }
}

/** An empty file, and the first bytes of each format followed by noise. */
export async function* makeStumps(): AsyncGenerator<HostileInput> {
  const random = createRandom(6)
  yield input('stumps', 'nothing', Buffer.alloc(0), 'jpeg', 'format_unsupported')
  for (const format of formats) {
    const whole = await encodeAs(format, drawPicture())
    for (const kept of [16, 32, 64]) {
      for (const noise of [0, 1, 100, 10_000]) {
        const bytes = Buffer.concat([whole.subarray(0, kept), randomBytes(random, noise)])
        yield input('stumps', `${format}: ${kept} bytes and ${noise} of noise`, bytes, format, 'either')
      }
    }
    yield input('stumps', `${format}: noise alone`, randomBytes(random, 500), format, 'format_unsupported')
  }
}

/** Files of every format, declared as each other format. */
export async function* makeMisdeclared(): AsyncGenerator<HostileInput> {
  for (const format of formats) {
    const bytes = await encodeAs(format, drawPicture())
    for (const declared of formats.filter((other) => other !== format)) {
      yield input('wrong type', `${format} as ${declared}`, bytes, declared, 'format_mismatch')
    }
  }
}

export function flipBits(whole: Buffer, random: Random, within: number): Buffer {
  const bytes = Buffer.from(whole)
  for (let flips = 1 + random(16); flips > 0; flips--) {
    const at = random(within)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
  }
  return bytes
}

/** The longest signature has 12 bytes, of AVIF the list of brands. */
function identifiable(bytes: Buffer): boolean {
  return bytes.length >= 12
}

function input(
  group: string,
  name: string,
  bytes: Buffer,
  format: EncodableFormat,
  expected: HostileInput['expected'],
): HostileInput {
  return { group, name, bytes, contentType: acceptedFormats[format], expected }
}
