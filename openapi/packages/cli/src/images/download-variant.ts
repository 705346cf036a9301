import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Image, Variant } from '@hashgate/client'
import { printable } from '../terminal/printable.ts'

export interface DownloadOptions {
  /** Name of the variant; by default the widest. */
  variant?: string
  /** File, existing folder, or `-` for stdout; by default a file in the working directory. */
  output?: string
  /** Overwrite an existing file. */
  force?: boolean
}

/**
 * Downloads one variant of an image into a file and prints its path. The file is written only when all bytes have arrived.
 * @throws Error with advice when the image is not ready, the variant does not exist, or the file exists
 */
export async function downloadVariant(image: Image, { variant: name, output = '.', force }: DownloadOptions) {
  const variant = chooseVariant(image, name)
  const bytes = await fetchBytes(variant)
  if (output === '-') {
    process.stdout.write(bytes)
    return
  }
  const extension = variant.contentType.replace('image/', '').replace('jpeg', 'jpg')
  const isFolder = await stat(output).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const file = isFolder ? join(output, `${image.imageId}-${variant.name}.${extension}`) : output
  await write(file, bytes, force)
  console.log(printable(file))
}

function chooseVariant({ imageId, status, rejection, variants = [] }: Image, name?: string): Variant {
  if (status === 'rejected') {
    throw new Error(`The image ${imageId} was rejected (${rejection?.reason}): ${rejection?.detail}`)
  }
  if (status !== 'ready') throw new Error(`The image ${imageId} is still ${status}. Try again later.`)
  const [widest] = variants.toSorted((a, b) => b.width - a.width)
  const chosen = name === undefined ? widest : variants.find((variant) => variant.name === name)
  if (chosen) return chosen
  const names = variants.map((variant) => variant.name).join(', ')
  throw new Error(`The image ${imageId} has no variant "${printable(name ?? '')}". It has: ${names}.`)
}

async function fetchBytes({ name, url, byteLength }: Variant): Promise<Buffer> {
  let reason: string
  try {
    const response = await fetch(url)
    const bytes = Buffer.from(await response.arrayBuffer())
    if (response.ok && bytes.length === byteLength) return bytes
    reason = response.ok ? `${bytes.length} of ${byteLength} bytes arrived` : `HTTP ${response.status}`
  } catch {
    reason = `${new URL(url).origin} cannot be reached`
  }
  throw new Error(`The variant ${name} cannot be downloaded: ${reason}. Try again.`)
}

async function write(file: string, bytes: Buffer, force = false): Promise<void> {
  try {
    await writeFile(file, bytes, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'EEXIST' ? 'it exists. Pass --force to overwrite it' : code
    throw new Error(`${printable(file)} was not written: ${reason}.`)
  }
}
