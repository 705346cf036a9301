/** Curves from a signal of 0 to 1 to linear light of 0 to 1. */

/** IEC 61966-2-1. */
export function srgbTransfer(signal: number): number {
  return signal <= 0.04045 ? signal / 12.92 : ((signal + 0.055) / 1.055) ** 2.4
}

export function linearTransfer(signal: number): number {
  return signal
}

export function gammaTransfer(gamma: number): (signal: number) => number {
  return (signal) => signal ** gamma
}

/** SMPTE ST 240. */
export function smpte240Transfer(signal: number): number {
  return signal < 0.0913 ? signal / 4 : ((signal + 0.1115) / 1.1115) ** (1 / 0.45)
}

/** SMPTE ST 428-1, of digital cinema. */
export function smpte428Transfer(signal: number): number {
  return Math.min(1, (signal ** 2.6 * 52.37) / 48)
}

/** ITU-R BT.2100, table 4: from a PQ signal to cd/m². */
export function pqToNits(signal: number): number {
  const root = signal ** (32 / 2523)
  return 10_000 * (Math.max(0, root - 3424 / 4096) / (2413 / 128 - (2392 / 128) * root)) ** (16_384 / 2610)
}

/** ITU-R BT.2100, table 5: from an HLG signal to the light of the scene, 0 to 1. */
export function hlgToScene(signal: number): number {
  return signal <= 0.5 ? signal ** 2 / 3 : (Math.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
}
