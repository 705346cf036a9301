/**
 * The layout of the two buckets. Only this file builds and parses keys.
 *
 *     raw bucket        ‹tenant›/‹sha256›/‹generation›
 *     processed bucket  ‹tenant›/‹sha256›/‹generation›/‹recipe›/‹variant›.‹ext›
 *                       manifests/day=‹YYYY-MM-DD›/‹tenant›/‹sha256›.json
 *                       manifests/parquet/day=‹YYYY-MM-DD›/‹version›/manifests.parquet
 *
 * - The tenant comes first, so a policy can allow or deny the prefix of one tenant, and a listing can be limited to it.
 * - The SHA-256 spreads keys evenly, so S3 can split the prefix under load.
 * - The generation is the UTC day on which the record was created (`20261122`). S3 purges about once a day, so an
 *   expired image's bytes can outlive its record; without a generation, S3 would refuse a new upload with 412.
 *   Further uploads for the same record have a counter: `20261122-2`. S3 never overwrites the object of the first one.
 * - The recipe is the hash of what determines the bytes (`recipe.ts`), so two recipes never write the same key. Earlier
 *   versions left it out. Records name the keys of their variants, so both kinds can be read.
 * - Manifests have their own prefix with a `day=` partition, because they are compacted and read by day.
 * - A version of a day's Parquet file is never overwritten, so a query that is reading it never sees another one's bytes. Versions sort
 *   by the time at which they were written.
 */

/** One upload of an image by a tenant: the parts of a raw key. */
export interface ImageRef {
  tenant: string
  /** SHA-256 of the content, 64 lower-case hex digits. */
  imageId: string
  /** UTC day on which the record was created, `YYYYMMDD`; for the second upload of that record `YYYYMMDD-2`, and so on. */
  generation: string
}

export const tenantPattern = '^(?!manifests$)[a-z0-9][a-z0-9-]{0,62}$'
export const imageIdPattern = '^[0-9a-f]{64}$'

const manifestKeyForm = /^manifests\/day=(\d{4}-\d\d-\d\d)\/([a-z0-9][a-z0-9-]{0,62})\/([0-9a-f]{64})\.json$/
const parquetKeyForm = /^manifests\/parquet\/day=(\d{4}-\d\d-\d\d)\/([^/]+)\/manifests\.parquet$/
const rawKeyForm = /^(?!manifests\/)([a-z0-9][a-z0-9-]{0,62})\/([0-9a-f]{64})\/(\d{8}(?:-[1-9]\d{0,8})?)$/

export function rawKey({ tenant, imageId, generation }: ImageRef): string {
  return `${tenant}/${imageId}/${generation}`
}

/** Parses a raw key. Returns undefined when it does not have the form of one. */
export function parseRawKey(key: string): ImageRef | undefined {
  const [, tenant, imageId, generation] = rawKeyForm.exec(key) ?? []
  return tenant && imageId && generation ? { tenant, imageId, generation } : undefined
}

/** @param extension file extension without the dot, such as `webp` */
export function variantKey(image: ImageRef, recipe: string, variant: string, extension: string): string {
  return `${rawKey(image)}/${recipe}/${variant}.${extension}`
}

/** The raw key of the image that a variant belongs to. */
export function rawKeyOfVariant(key: string): string {
  return key.split('/', 3).join('/')
}

export function manifestKey({ tenant, imageId, generation }: ImageRef): string {
  const day = generation.replace(/^(\d{4})(\d{2})(\d{2}).*$/, '$1-$2-$3')
  return manifestKeyOfDay({ day, tenant, imageId })
}

interface DayManifest {
  /** `YYYY-MM-DD` */
  day: string
  tenant: string
  imageId: string
}

export function manifestKeyOfDay({ day, tenant, imageId }: DayManifest): string {
  return `${manifestPrefix(day)}${tenant}/${imageId}.json`
}

/** Undefined when the key is not that of a manifest. */
export function parseManifestKey(key: string): DayManifest | undefined {
  const [, day, tenant, imageId] = manifestKeyForm.exec(key) ?? []
  return day && tenant && imageId ? { day, tenant, imageId } : undefined
}

/** Prefix of a day's manifests. @param day `YYYY-MM-DD` */
export const manifestPrefix = (day: string) => `manifests/day=${day}/`

/** Prefix of all versions of a day's Parquet file. @param day `YYYY-MM-DD` */
export const parquetPrefix = (day: string) => `manifests/parquet/day=${day}/`

/** @param day `YYYY-MM-DD` @param version a separate folder, because a partition of Glue is a folder */
export function parquetKey(day: string, version: string): string {
  return `${parquetPrefix(day)}${version}/manifests.parquet`
}

/** The day and the version of a Parquet file. Undefined when the key is not that of one. */
export function parseParquetKey(key: string): { day: string; version: string } | undefined {
  const [, day, version] = parquetKeyForm.exec(key) ?? []
  return day && version ? { day, version } : undefined
}

/** The generation of a record that is created at this time. */
export function generationAt(epochMs: number): string {
  return dayOf(new Date(epochMs).toISOString())
}

/** `YYYYMMDD` of an RFC 3339 time. */
function dayOf(time: string): string {
  return time.slice(0, 4) + time.slice(5, 7) + time.slice(8, 10)
}

/** The generation of the next upload for the same record: `20261122-2` after `20261122`. */
export function nextGeneration(generation: string): string {
  const [day, counter = '1'] = generation.split('-')
  return `${day}-${Number(counter) + 1}`
}
