type Xyz = [x: number, y: number, z: number]

/**
 * A profile with the D50-adapted primaries of Adobe RGB (1998) and its gamma of 563 / 256, or another gamma. Source: Adobe RGB (1998)
 * Encoding, 4.3.
 */
export function makeAdobeRgbProfile(gamma256ths = 563): Buffer {
  const gamma = curve(gamma256ths)
  return makeProfile('RGB ', {
    desc: description('Adobe RGB by hand'),
    cprt: Buffer.from('text\0\0\0\0none\0', 'latin1'),
    wtpt: xyz([0.9642, 1, 0.82491]),
    rXYZ: xyz([0.60974, 0.31111, 0.01947]),
    gXYZ: xyz([0.20528, 0.62567, 0.06087]),
    bXYZ: xyz([0.14919, 0.06322, 0.74457]),
    rTRC: gamma,
    gTRC: gamma,
    bTRC: gamma,
  })
}

/** A grey profile with a gamma. Source: ICC.1:2001-04, 6.3.1.1. */
export function makeGreyProfile(gamma256ths: number): Buffer {
  return makeProfile('GRAY', {
    desc: description('Grey by hand'),
    cprt: Buffer.from('text\0\0\0\0none\0', 'latin1'),
    wtpt: xyz([0.9642, 1, 0.82491]),
    kTRC: curve(gamma256ths),
  })
}

/** A display profile with a matrix and tone curves. Source: ICC.1:2001-04, 6. */
function makeProfile(space: 'RGB ' | 'GRAY', tags: Record<string, Buffer>): Buffer {
  const entries = Object.entries(tags)
  const header = Buffer.alloc(128)
  header.writeUInt32BE(0x02400000, 8)
  header.write(`mntr${space}XYZ `, 12)
  header.write('acsp', 36)
  xyz([0.9642, 1, 0.82491]).copy(header, 68, 8)
  const table = Buffer.alloc(4 + entries.length * 12)
  table.writeUInt32BE(entries.length, 0)
  const parts = [header, table]
  let at = header.length + table.length
  entries.forEach(([name, data], index) => {
    table.write(name, 4 + index * 12)
    table.writeUInt32BE(at, 8 + index * 12)
    table.writeUInt32BE(data.length, 12 + index * 12)
    const padded = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)])
    parts.push(padded)
    at += padded.length
  })
  const profile = Buffer.concat(parts)
  profile.writeUInt32BE(profile.length, 0)
  return profile
}

function xyz(values: Xyz): Buffer {
  const tag = Buffer.alloc(20)
  tag.write('XYZ ')
  values.forEach((value, index) => {
    tag.writeInt32BE(Math.round(value * 65_536), 8 + index * 4)
  })
  return tag
}

function curve(gamma256ths: number): Buffer {
  const tag = Buffer.alloc(14)
  tag.write('curv')
  tag.writeUInt32BE(1, 8)
  tag.writeUInt16BE(gamma256ths, 12)
  return tag
}

function description(text: string): Buffer {
  const tag = Buffer.alloc(12 + text.length + 1 + 78)
  tag.write('desc')
  tag.writeUInt32BE(text.length + 1, 8)
  tag.write(text, 12)
  return tag
}
