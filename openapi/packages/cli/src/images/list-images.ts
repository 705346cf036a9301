import type { DayListing, HashgateClient, Image } from '@hashgate/client'
import Table from 'cli-table3'
import { formatBytes } from '../terminal/format-bytes.ts'
import { printable, printableJson } from '../terminal/printable.ts'

interface ListOptions {
  maxImages: number
  /** Print one JSON line per image, as they arrive, instead of a table at the end. */
  json?: boolean
}

/** The API's limit for one page. */
const maxPageSize = 100

/** Prints the images of a day, newest first. */
export async function listImages(
  client: HashgateClient,
  listing: DayListing,
  { maxImages, json }: ListOptions,
): Promise<void> {
  const images: Image[] = []
  let hasMore = false
  for await (const image of client.eachImage({ ...listing, limit: Math.min(maxImages, maxPageSize) })) {
    hasMore = images.length === maxImages
    if (hasMore) break
    images.push(image)
    if (json) console.log(printableJson(image))
  }
  if (!json) printImages(images)
  if (hasMore) console.error(`Only the newest ${maxImages} images are listed; --limit lists more.`)
}

function printImages(images: Image[]): void {
  const table = new Table({
    head: ['id', 'status', 'size', 'created', 'name'],
    colAligns: ['left', 'left', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  })
  for (const { imageId, status, byteLength, createdAt, fileName = '' } of images) {
    table.push([imageId, status, formatBytes(byteLength), createdAt, printable(fileName)])
  }
  if (images.length > 0) console.log(table.toString())
  console.log(`${images.length} ${images.length === 1 ? 'image' : 'images'}`)
}
