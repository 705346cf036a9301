import type { ChannelGain, GainMapMetadata } from './gain-map-metadata.ts'

/** The namespace at the start of an APP1 segment with XMP. Source: Adobe XMP, part 3, 1.1.3. */
export const xmpNamespace = 'http://ns.adobe.com/xap/1.0/\0'

const hdrgmNamespace = 'http://ns.adobe.com/hdr-gain-map/1.0/'

/** Whether XMP belongs to a gain map or to a picture with one. */
export function namesGainMap(xmp: string): boolean {
  return prefixOf(xmp) !== undefined
}

/**
 * Reads the parameters in a gain map's XMP: attributes or elements, one number each or a list of three. Each expression is bounded,
 * because the text is untrusted. Source: Adobe's Gain Map specification 1.0, with its defaults.
 * @returns undefined without the required parameters, or for an HDR picture
 */
export function readXmpMetadata(xmp: string): GainMapMetadata | undefined {
  const prefix = prefixOf(xmp)
  const read = (name: string, fallback: string) => readValues(xmp, `${prefix}:${name}`) ?? [fallback]
  const isHdr = read('BaseRenditionIsHDR', 'False')[0]?.toLowerCase() === 'true'
  if (!prefix || isHdr) return undefined

  const fields = {
    min: read('GainMapMin', '0'),
    max: read('GainMapMax', 'none'),
    gamma: read('Gamma', '1'),
    baseOffset: read('OffsetSDR', '0.015625'),
    alternateOffset: read('OffsetHDR', '0.015625'),
  } satisfies Record<keyof ChannelGain, string[]>
  const count = Math.max(...Object.values(fields).map((values) => values.length))
  const gainOf = (channel: number) => {
    const numberOf = (values: string[]) => Number(values.length === 1 ? values[0] : values[channel])
    const entries = Object.entries(fields).map(([name, values]) => [name, numberOf(values)])
    return Object.fromEntries(entries) as ChannelGain
  }
  return {
    channels: Array.from({ length: count === 1 ? 1 : 3 }, (_, channel) => gainOf(channel)),
    baseHeadroom: Number(read('HDRCapacityMin', '0')[0]),
    alternateHeadroom: Number(read('HDRCapacityMax', 'none')[0]),
    usesBaseColours: true,
  }
}

/** The prefix that the document gives the namespace, which is `hdrgm` by custom. */
function prefixOf(xmp: string): string | undefined {
  const at = xmp.indexOf(hdrgmNamespace)
  return /xmlns:(\w{1,32})\s{0,8}=\s{0,8}["']$/.exec(xmp.slice(Math.max(0, at - 64), Math.max(0, at)))?.[1]
}

/** The values of an attribute or an element; at most three. */
function readValues(xmp: string, name: string): string[] | undefined {
  const attribute = new RegExp(`\\s${name}\\s{0,8}=\\s{0,8}["']([^"']{1,64})["']`).exec(xmp)?.[1]
  if (attribute !== undefined) return [attribute.trim()]
  const element = new RegExp(`<${name}>([^]{1,1000}?)</${name}>`).exec(xmp)?.[1]
  if (element === undefined) return undefined
  const items = [...element.matchAll(/<\w{1,32}:li>([^<]{1,64})<\//g)].map(([, item = '']) => item.trim())
  return items.length > 0 ? items.slice(0, 3) : [element.trim()]
}

/** The XMP of a gain map. */
export function writeXmpMetadata({ channels, baseHeadroom, alternateHeadroom }: GainMapMetadata): string {
  const list = (name: string, field: keyof ChannelGain) => {
    const items = channels.map((gain) => gain[field].toFixed(6))
    const isSame = new Set(items).size === 1
    const value = isSame
      ? items[0]
      : `<rdf:Seq>${items.map((i) => `<rdf:li>${i}</rdf:li>`).join('')}</rdf:Seq>`
    return isSame
      ? { attribute: ` hdrgm:${name}="${value}"` }
      : { element: `<hdrgm:${name}>${value}</hdrgm:${name}>` }
  }
  const fields = [
    list('GainMapMin', 'min'),
    list('GainMapMax', 'max'),
    list('Gamma', 'gamma'),
    list('OffsetSDR', 'baseOffset'),
    list('OffsetHDR', 'alternateOffset'),
  ]
  const attributes = fields.map(({ attribute = '' }) => attribute).join('')
  const headroom = `hdrgm:HDRCapacityMin="${baseHeadroom.toFixed(6)}" hdrgm:HDRCapacityMax="${alternateHeadroom.toFixed(6)}"`
  const elements = fields.map(({ element = '' }) => element).join('')
  return describe(`${attributes} ${headroom} hdrgm:BaseRenditionIsHDR="False"`, elements)
}

/** The XMP of a picture that a gain map of so many bytes follows: GContainer, which Android's viewers look for. */
export function writeXmpDirectory(gainMapBytes: number): string {
  const item = (attributes: string) =>
    `<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" ${attributes}/></rdf:li>`
  const items =
    item('Item:Semantic="Primary"') + item(`Item:Semantic="GainMap" Item:Length="${gainMapBytes}"`)
  const google = 'http://ns.google.com/photos/1.0/container/'
  return describe(
    ` xmlns:Container="${google}" xmlns:Item="${google}item/"`,
    `<Container:Directory><rdf:Seq>${items}</rdf:Seq></Container:Directory>`,
  )
}

function describe(attributes: string, elements: string): string {
  const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
  const head = `<rdf:Description rdf:about="" xmlns:hdrgm="${hdrgmNamespace}" hdrgm:Version="1.0"${attributes}>`
  const body = `<rdf:RDF xmlns:rdf="${rdf}">${head}${elements}</rdf:Description></rdf:RDF>`
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/">${body}</x:xmpmeta>`
}
