import { test } from 'tap'
import { type GainMapMetadata, isUsable } from '../../../imaging/gain-map/gain-map-metadata.ts'
import { readIsoMetadata, writeIsoMetadata } from '../../../imaging/gain-map/iso-metadata.ts'
import { readXmpMetadata, writeXmpMetadata } from '../../../imaging/gain-map/xmp-metadata.ts'
import { gain } from './render-hdr.ts'

const one: GainMapMetadata = {
  channels: [{ min: -0.5, max: 2.25, gamma: 0.8125, baseOffset: 0.015625, alternateOffset: 0 }],
  baseHeadroom: 0.5,
  alternateHeadroom: 3.25,
  usesBaseColours: true,
}
const three = {
  ...one,
  channels: [gain, { ...gain, min: -2, gamma: 2 }, { ...gain, max: 4, baseOffset: 0.5 }],
}

const xmpOf = (attributes: string, elements = '', prefix = 'hdrgm') =>
  `<rdf:Description xmlns:${prefix}="http://ns.adobe.com/hdr-gain-map/1.0/"\n ${attributes}>${elements}</rdf:Description>`

test('parameters are the same after writing and reading', async (t) => {
  for (const metadata of [one, three]) {
    t.strictSame(readIsoMetadata(writeIsoMetadata(metadata)), metadata)
    t.strictSame(readXmpMetadata(writeXmpMetadata(metadata)), metadata)
  }
  const alternate = { ...one, usesBaseColours: false }
  t.strictSame(readIsoMetadata(writeIsoMetadata(alternate)), alternate)
})

test('ISO parameters with a common denominator, as libultrahdr writes them, are read', async (t) => {
  const head = Buffer.from([0, 0, 0, 0, 0x48])
  const numbers = [4, 2, 13, -2, 9, 3, 1, 0]
  const body = Buffer.alloc(numbers.length * 4)
  for (const [index, number] of numbers.entries()) body.writeInt32BE(number, index * 4)
  const read = readIsoMetadata(Buffer.concat([head, body]))
  const channels = [{ min: -0.5, max: 2.25, gamma: 0.75, baseOffset: 0.25, alternateOffset: 0 }]
  t.strictSame(read, { ...one, channels })
})

test('ISO parameters of a newer version, of an HDR picture, or that are too short are not read', async (t) => {
  const iso = writeIsoMetadata(one)
  const withByte = (at: number, value: number) => {
    const changed = Buffer.from(iso)
    changed[at] = value
    return changed
  }
  t.equal(readIsoMetadata(withByte(1, 1)), undefined)
  t.equal(readIsoMetadata(withByte(4, 0x44)), undefined)
  for (let length = 0; length < iso.length; length++) {
    t.throws(() => readIsoMetadata(iso.subarray(0, length)), RangeError)
  }
  const zeroes = readIsoMetadata(Buffer.concat([iso.subarray(0, 5), Buffer.alloc(56)]))
  t.equal(zeroes && isUsable(zeroes), false, 'fractions over 0')
})

test('XMP parameters are attributes or elements, of any prefix, with defaults', async (t) => {
  const defaults = { min: 0, max: 2, gamma: 1, baseOffset: 1 / 64, alternateOffset: 1 / 64 }
  const expected = { channels: [defaults], baseHeadroom: 0, alternateHeadroom: 2.5, usesBaseColours: true }
  const attributes = 'hdrgm:Version="1.0" hdrgm:GainMapMax="2.0" hdrgm:HDRCapacityMax="2.5"'
  t.strictSame(readXmpMetadata(xmpOf(attributes)), expected)
  t.strictSame(readXmpMetadata(xmpOf(attributes.replaceAll('hdrgm', 'g'), '', 'g')), expected)
  const elements =
    '<hdrgm:GainMapMax>2</hdrgm:GainMapMax><hdrgm:HDRCapacityMax>\n2.5 </hdrgm:HDRCapacityMax>' +
    '<hdrgm:Gamma><rdf:Seq><rdf:li>1</rdf:li><rdf:li>1.5</rdf:li>\n<rdf:li>2</rdf:li></rdf:Seq></hdrgm:Gamma>'
  const gammas = [1, 1.5, 2].map((gamma) => ({ ...defaults, gamma }))
  t.strictSame(readXmpMetadata(xmpOf('', elements)), { ...expected, channels: gammas })
})

test('XMP without parameters, of another namespace or of an HDR picture gives nothing usable', async (t) => {
  const hdr = 'hdrgm:BaseRenditionIsHDR="True" hdrgm:GainMapMax="2" hdrgm:HDRCapacityMax="2"'
  t.equal(readXmpMetadata(xmpOf(hdr)), undefined)
  t.equal(readXmpMetadata('<x hdrgm:GainMapMax="2" hdrgm:HDRCapacityMax="2"/>'), undefined)
  for (const attributes of [
    '',
    'hdrgm:GainMapMax="2"',
    'hdrgm:GainMapMax="x" hdrgm:HDRCapacityMax="2"',
    'hdrgm:GainMapMax="Infinity" hdrgm:HDRCapacityMax="2"',
  ]) {
    const read = readXmpMetadata(xmpOf(attributes))
    t.equal(read && isUsable(read), false, attributes)
  }
})

test('parameters that libultrahdr refuses are not usable', async (t) => {
  t.ok(isUsable(one))
  t.ok(isUsable(three))
  const changes: Partial<GainMapMetadata>[] = [
    { baseHeadroom: 3.25 },
    { baseHeadroom: -1 },
    { alternateHeadroom: Number.NaN },
    { alternateHeadroom: 31 },
    ...[
      { min: 3 },
      { gamma: 0 },
      { gamma: 101 },
      { baseOffset: -0.1 },
      { alternateOffset: 2 },
      { max: 1e9 },
    ].map((change) => ({ channels: [gain, { ...gain, ...change }, gain] })),
  ]
  for (const change of changes) t.notOk(isUsable({ ...one, ...change }), JSON.stringify(change))
})
