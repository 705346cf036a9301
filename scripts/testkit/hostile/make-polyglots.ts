import { acceptedFormats } from '../../../core/images/formats.ts'
import { pngChunk } from '../images/make-blank-png.ts'
import { type EncodableFormat, encodableFormats, encodeAs } from '../images/make-image.ts'
import { drawPicture } from './draw-picture.ts'
import { type HostileInput, payload } from './hostile-input.ts'

const html = Buffer.from(`<!doctype html><script>alert("${payload}")</script>`)
const javascript = Buffer.from(`*/=1;alert("${payload}");/*`)
const pdf = Buffer.from(`%PDF-1.7\n1 0 obj <</JS (${payload})>> endobj\n%%EOF`)
const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><text>${payload}</text></svg>`)

/** Images that other programs read as another format. */
export async function makePolyglots(): Promise<HostileInput[]> {
  const zip = makeZip('evil.html', html)
  const found: HostileInput[] = []
  for (const format of encodableFormats) {
    const image = await encodeAs(format, drawPicture())
    const others = { html, zip, pdf, svg }
    for (const [kind, bytes] of Object.entries(others)) {
      found.push(polyglot(`${format}, then ${kind}`, format, Buffer.concat([image, bytes]), 'ready'))
    }
  }
  const jpeg = await encodeAs('jpeg', drawPicture())
  const png = await encodeAs('png', drawPicture())
  const gif = await encodeAs('gif', drawPicture())
  const inJpeg = (bytes: Buffer) => Buffer.concat([jpeg.subarray(0, 2), segment(bytes), jpeg.subarray(2)])
  const inPng = (bytes: Buffer) =>
    Buffer.concat([
      png.subarray(0, 33),
      pngChunk('tEXt', Buffer.concat([Buffer.from('Comment\0'), bytes])),
      png.subarray(33),
    ])
  return [
    ...found,
    polyglot('HTML in a comment of a JPEG', 'jpeg', inJpeg(html), 'ready'),
    polyglot('zip in a comment of a JPEG', 'jpeg', inJpeg(zip), 'ready'),
    polyglot('HTML in a text of a PNG', 'png', inPng(html), 'ready'),
    polyglot('GIF that is JavaScript', 'gif', Buffer.concat([gif, javascript]), 'ready'),
    polyglot('HTML, then a JPEG', 'jpeg', Buffer.concat([html, jpeg]), 'format_unsupported'),
    polyglot('zip, then a PNG', 'png', Buffer.concat([zip, png]), 'format_unsupported'),
    polyglot('PDF, then a GIF', 'gif', Buffer.concat([pdf, gif]), 'format_unsupported'),
    polyglot(
      'SVG with the signature of a PNG',
      'png',
      Buffer.concat([png.subarray(0, 8), svg]),
      'image_corrupt',
    ),
    polyglot(
      'HTML with the signature of a JPEG',
      'jpeg',
      Buffer.concat([jpeg.subarray(0, 4), html]),
      'image_corrupt',
    ),
  ]
}

function polyglot(
  name: string,
  format: EncodableFormat,
  bytes: Buffer,
  expected: HostileInput['expected'],
): HostileInput {
  return { group: 'polyglots', name, bytes, contentType: acceptedFormats[format], expected }
}

/** Adds a comment segment. Source: ITU-T T.81, B.2.4.5. */
function segment(bytes: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xfe, 0, 0])
  head.writeUInt16BE(bytes.length + 2, 2)
  return Buffer.concat([head, bytes])
}

/** A zip with one stored file. Checksums are zero, because it is never unpacked. Source: APPNOTE.TXT, 4.3. */
function makeZip(name: string, data: Buffer): Buffer {
  const local = Buffer.alloc(30)
  local.write('PK\x03\x04', 'latin1')
  local.writeUInt32LE(data.length, 18)
  local.writeUInt32LE(data.length, 22)
  local.writeUInt16LE(name.length, 26)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  return Buffer.concat([local, Buffer.from(name), data, end])
}
