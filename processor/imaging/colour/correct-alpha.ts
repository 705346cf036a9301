import type { AlphaFaults } from './read-heif-colour.ts'

/** Corrects the alpha of RGBA pixels of 8 or 16 bits in place. */
export function correctAlpha(
  pixels: Uint8Array | Uint16Array,
  { isPremultiplied, isLimited }: AlphaFaults,
): void {
  const max = 256 ** pixels.BYTES_PER_ELEMENT - 1
  const step = (max + 1) / 256
  for (let at = 0; at < pixels.length; at += 4) {
    const stored = pixels[at + 3] ?? 0
    const alpha = isLimited ? Math.min(max, Math.max(0, ((stored - 16 * step) * max) / (219 * step))) : stored
    pixels[at + 3] = Math.round(alpha)
    if (!isPremultiplied || alpha === max || alpha === 0) continue
    for (let channel = at; channel < at + 3; channel++) {
      pixels[channel] = Math.min(max, Math.round(((pixels[channel] ?? 0) * max) / alpha))
    }
  }
}
