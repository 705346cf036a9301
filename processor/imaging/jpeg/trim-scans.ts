import { markers, readJpegLayout } from './read-layout.ts'

type Decode<T> = (bytes: Buffer) => Promise<T>

/** Encoders write about ten. Each can cost two more decodes. */
const maxScans = 24
const endMarker = Buffer.from([0xff, markers.eoi])
const strayBytes = /(\d+) extraneous bytes before marker 0x([0-9a-f]{2})/

/**
 * Decodes a JPEG that can have stray bytes between the pixels of one scan and the marker of the next, which viewers skip. Only
 * decoding shows where the pixels end, and libvips reports only its first warning. So after that warning, the scans are decoded one by
 * one, each with the earlier ones, and the stray bytes that the decoder finds behind it are removed.
 * @param decode must fail at any warning
 * @throws the first error of `decode` when something else is wrong
 */
export async function decodeTrimmed<T>(bytes: Buffer, decode: Decode<T>, probe: Decode<unknown>): Promise<T> {
  try {
    return await decode(bytes)
  } catch (error) {
    const trimmed = hasStrayBytes(error) ? await trimScans(bytes, probe) : undefined
    if (!trimmed) throw error
    return await decode(trimmed)
  }
}

async function trimScans(bytes: Buffer, probe: Decode<unknown>): Promise<Buffer | undefined> {
  const { scans } = readJpegLayout(bytes)
  if (scans.length < 2 || scans.length > maxScans) return undefined
  let trimmed = bytes
  for (const scan of scans) {
    const removed = bytes.length - trimmed.length
    const endAt = scan.endAt - removed
    const stray = await countStrayBytes(trimmed.subarray(0, endAt), probe)
    if (stray === undefined) return undefined
    if (stray > 0) trimmed = Buffer.concat([trimmed.subarray(0, endAt - stray), trimmed.subarray(endAt)])
  }
  return trimmed
}

/** Returns how many stray bytes end these scans; undefined if they are damaged. */
async function countStrayBytes(scans: Buffer, probe: Decode<unknown>): Promise<number | undefined> {
  try {
    await probe(Buffer.concat([scans, endMarker]))
    return 0
  } catch (error) {
    const [, count, marker] = (error instanceof Error && strayBytes.exec(error.message)) || []
    return marker === 'd9' ? Number(count) : undefined
  }
}

function hasStrayBytes(error: unknown): boolean {
  return error instanceof Error && strayBytes.test(error.message)
}
