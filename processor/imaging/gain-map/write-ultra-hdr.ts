import { makeSegment } from '../jpeg/make-segment.ts'
import { markers } from '../jpeg/read-layout.ts'
import type { GainMapMetadata } from './gain-map-metadata.ts'
import { isoNamespace, isoVersion, writeIsoMetadata } from './iso-metadata.ts'
import { mpfNamespace, writeMpfIndex } from './mpf-index.ts'
import { writeXmpDirectory, writeXmpMetadata, xmpNamespace } from './xmp-metadata.ts'

const { app0, app1, app2 } = markers

/**
 * Joins a picture and its gain map to an Ultra HDR JPEG: viewers that support neither ISO 21496-1 nor Adobe's XMP show the picture alone.
 * Both JPEGs must be without metadata; an ICC profile stays. The parameters are written in both ways, because Chrome and Android
 * read either. Source: Android's Ultra HDR Image Format 1.1.
 */
export function writeUltraHdr(picture: Buffer, gainMap: Buffer, metadata: GainMapMetadata): Buffer {
  const tagged = insertBehindHeader(gainMap, [
    makeSegment(app1, xmpNamespace, writeXmpMetadata(metadata)),
    makeSegment(app2, isoNamespace, writeIsoMetadata(metadata)),
  ])
  const segments = [
    makeSegment(app1, xmpNamespace, writeXmpDirectory(tagged.length)),
    makeSegment(app2, isoNamespace, isoVersion),
  ]
  const makeIndex = (pictureBytes: number, gainMapAt: number) =>
    makeSegment(app2, mpfNamespace, writeMpfIndex(pictureBytes, tagged.length, gainMapAt))

  const indexAt = headerEnd(picture) + Buffer.concat(segments).length
  const pictureBytes = picture.length + Buffer.concat(segments).length + makeIndex(0, 0).length
  const offsetsFrom = indexAt + 4 + mpfNamespace.length
  const index = makeIndex(pictureBytes, pictureBytes - offsetsFrom)
  return Buffer.concat([insertBehindHeader(picture, [...segments, index]), tagged])
}

function insertBehindHeader(jpeg: Buffer, segments: Buffer[]): Buffer {
  const at = headerEnd(jpeg)
  return Buffer.concat([jpeg.subarray(0, at), ...segments, jpeg.subarray(at)])
}

/** The JFIF header (APP0), if there is one, must come first. */
function headerEnd(jpeg: Buffer): number {
  return jpeg[3] === app0 ? 4 + jpeg.readUInt16BE(4) : 2
}
