import { createHash } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ZipOptions, zipSync } from 'fflate'

export interface WrittenZip {
  file: string
  sha256: string
  bytes: number
  unpackedBytes: number
}

/** Fixed metadata, so that builds are reproducible. The date is in local time, because fflate writes local time. */
const attributes: ZipOptions = { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16, level: 6 }

/** Writes a reproducible zip: fflate's deflate does not depend on Node's zlib, so the bytes are the same on every machine. */
export async function writeZip(file: string, files: Record<string, Uint8Array>): Promise<WrittenZip> {
  const paths = Object.keys(files).sort()
  const zip = zipSync(
    Object.fromEntries(paths.map((path) => [path, [files[path] ?? new Uint8Array(), attributes]])),
  )
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.part`, zip)
  await rename(`${file}.part`, file)
  return {
    file,
    sha256: createHash('sha256').update(zip).digest('hex'),
    bytes: zip.length,
    unpackedBytes: paths.reduce((sum, path) => sum + (files[path]?.length ?? 0), 0),
  }
}
