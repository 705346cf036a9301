/** Red, green and blue as seen under D50, X, Y and Z of each. Source: IEC 61966-2-1 and SMPTE EG 432-1, adapted according to ICC.1:2022. */
const primaries = {
  srgb: [0.4361, 0.2225, 0.0139, 0.3851, 0.7169, 0.0971, 0.1431, 0.0606, 0.7141],
  p3: [0.5151, 0.2412, -0.0011, 0.2919, 0.6922, 0.0419, 0.1572, 0.0666, 0.7841],
}

const tolerance = 0.003
const tagNames = ['rXYZ', 'gXYZ', 'bXYZ']

/** Which of the variants' colour spaces has the primaries of an ICC profile. Its transfer curve can be any. */
export function primariesOf(profile: Buffer): 'srgb' | 'p3' | undefined {
  const found = readPrimaries(profile)
  const isNear = (expected: number[]) =>
    expected.every((value, index) => Math.abs(value - (found[index] ?? Number.NaN)) < tolerance)
  if (isNear(primaries.srgb)) return 'srgb'
  return isNear(primaries.p3) ? 'p3' : undefined
}

/** Source: ICC.1:2022, 7.3 and 10.31. */
function readPrimaries(profile: Buffer): number[] {
  const at = (name: string) => profile.indexOf(name, 128, 'latin1')
  return tagNames.flatMap((name) => {
    const entry = at(name)
    if (entry < 0 || entry + 8 > profile.length) return []
    const data = profile.readUInt32BE(entry + 4)
    if (data + 20 > profile.length) return []
    return [8, 12, 16].map((offset) => profile.readInt32BE(data + offset) / 65_536)
  })
}
