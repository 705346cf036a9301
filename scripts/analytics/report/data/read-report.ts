import { tenantPattern } from '../../../../core/images/object-key.ts'
import { addDays, type Period, precedingPeriod } from './period.ts'
import { coverageQuery, createQueries, type Queries, retentionDaysQuery, tenantsQuery } from './queries.ts'

type Row = Record<string, unknown>

/** The gateway's default, used for a warehouse without records. */
const defaultRetentionDays = 7

/** A warehouse: DuckDB over the local system, or Redshift. The SQL is written for Redshift. */
export interface Source {
  query: (sql: string) => Promise<{ rows: Row[] }>
}

export interface DayRow {
  day: string
  requested: number
  ready: number
  rejected: number
  arrivedBytes: number
  duplicates: number
  savedBytes: number
}

export interface Latency {
  images: number
  p50Seconds?: number
  p90Seconds?: number
  p99Seconds?: number
}

export interface ReportData {
  period: Period
  preceding: Period
  tenant?: string
  now: Date
  queries: Queries
  /** Days from an upload request until the record expires. Without history it then leaves the warehouse. */
  retentionDays: number
  /** Whether the warehouse still holds all records of the preceding period. */
  isComparable: boolean
  /** Whether records of the period itself have expired. */
  isPartlyExpired: boolean
  /** When the newest image in the warehouse was requested. */
  newest?: string
  /** Omits days without uploads. */
  days: DayRow[]
  daysBefore: DayRow[]
  latency: Latency
  latencyBefore: Latency
  /** `hour`: `YYYY-MM-DD HH`, UTC. Omits hours without uploads. */
  latencyByHour: (Latency & { hour: string })[]
  rejects: { reason: string; images: number }[]
  formats: { format: string; images: number; bytes: number; meanMegapixels: number }[]
  /** The most frequent ones. */
  cameras: { camera: string; images: number }[]
  /** Empty in the report of one tenant. */
  tenants: { tenant: string; images: number; rejected: number; arrivedBytes: number; savedBytes: number }[]
  /** Images and bytes by the day on which they are deleted, from now on. */
  retention: { day: string; images: number; bytes: number }[]
}

interface Request {
  period: Period
  tenant?: string
  now: Date
}

/**
 * Reads the numbers of a report.
 * @throws Error when no image of the tenant is in the warehouse, or with the warehouse's reason
 */
export async function readReport(source: Source, { period, tenant, now }: Request): Promise<ReportData> {
  const query = async (sql: string) => (await source.query(sql)).rows
  if (tenant !== undefined) await checkTenant(query, tenant)
  const preceding = precedingPeriod(period)
  const queries = createQueries({ period, tenant, now })
  const before = createQueries({ period: preceding, tenant, now })
  const [coverage] = await query(coverageQuery)
  const [retention] = await query(retentionDaysQuery)
  const retentionDays = number(retention?.days) || defaultRetentionDays
  // With seven days, records of today and of the six days before cannot have expired. Older ones show that the warehouse keeps history.
  const firstFullDay = addDays(now.toISOString().slice(0, 10), 1 - retentionDays)
  const keepsHistory = Boolean(coverage?.first_day && text(coverage.first_day) < addDays(firstFullDay, -1))

  return {
    period,
    preceding,
    tenant,
    now,
    queries,
    retentionDays,
    isComparable: keepsHistory || preceding.from >= firstFullDay,
    isPartlyExpired: !keepsHistory && period.from < firstFullDay,
    newest: coverage?.newest ? text(coverage.newest).slice(0, 16) : undefined,
    days: (await query(queries.days)).map(readDay),
    daysBefore: (await query(before.days)).map(readDay),
    latency: readLatency((await query(queries.latency))[0] ?? {}),
    latencyBefore: readLatency((await query(before.latency))[0] ?? {}),
    latencyByHour: (await query(queries.latencyByHour)).map((row) => ({
      hour: text(row.hour),
      ...readLatency(row),
    })),
    rejects: (await query(queries.rejects)).map((row) => ({
      reason: text(row.reason),
      images: number(row.images),
    })),
    formats: (await query(queries.formats)).map((row) => ({
      format: text(row.format),
      images: number(row.images),
      bytes: number(row.bytes),
      meanMegapixels: number(row.mean_megapixels),
    })),
    cameras: mergeCameras(await query(queries.cameras)),
    tenants: tenant === undefined ? (await query(queries.tenants)).map(readTenant) : [],
    retention: (await query(queries.retention)).map((row) => ({
      day: text(row.day),
      images: number(row.images),
      bytes: number(row.bytes),
    })),
  }
}

async function checkTenant(query: (sql: string) => Promise<Row[]>, tenant: string): Promise<void> {
  if (!new RegExp(tenantPattern).test(tenant)) {
    throw new Error(`"${tenant}" is not the name of a tenant: use lower-case letters, digits and hyphens.`)
  }
  const sql = `SELECT COUNT(*) AS images FROM analytics.images i WHERE i.tenant = '${tenant}'`
  if (number((await query(sql))[0]?.images) > 0) return
  const names = (await query(tenantsQuery)).map((row) => text(row.tenant))
  const list = names.length > 20 ? `${names.slice(0, 20).join(', ')} and others` : names.join(', ')
  const known = names.length > 0 ? `Tenants with images: ${list}.` : 'It holds no images at all.'
  throw new Error(`The warehouse holds no image of the tenant "${tenant}". ${known}`)
}

function readDay(row: Row): DayRow {
  return {
    day: text(row.day).slice(0, 10),
    requested: number(row.requested),
    ready: number(row.ready),
    rejected: number(row.rejected),
    arrivedBytes: number(row.arrived_bytes),
    duplicates: number(row.duplicates),
    savedBytes: number(row.saved_bytes),
  }
}

function readLatency(row: Row): Latency {
  return {
    images: number(row.images),
    p50Seconds: seconds(row.p50_seconds),
    p90Seconds: seconds(row.p90_seconds),
    p99Seconds: seconds(row.p99_seconds),
  }
}

function readTenant(row: Row) {
  return {
    tenant: text(row.tenant),
    images: number(row.images),
    rejected: number(row.rejected),
    arrivedBytes: number(row.arrived_bytes),
    savedBytes: number(row.saved_bytes),
  }
}

/** Merges rows with the same name: some photos of a camera lack its make, but a chart has one bar per name. */
function mergeCameras(rows: Row[]): ReportData['cameras'] {
  const merged = new Map<string, number>()
  for (const row of rows) {
    const camera = nameCamera(text(row.camera_make), text(row.camera_model))
    merged.set(camera, (merged.get(camera) ?? 0) + number(row.images))
  }
  return [...merged]
    .map(([camera, images]) => ({ camera, images }))
    .sort((one, other) => other.images - one.images)
}

/** Many cameras repeat the make in the model: "Canon", "Canon EOS 40D". */
function nameCamera(make: string, model: string): string {
  return model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`.trim()
}

const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))
/** Redshift returns some numbers as text, and the sum of no rows as null. */
const number = (value: unknown) => Number(value ?? 0)
const seconds = (value: unknown) =>
  value === null || value === undefined || value === '' ? undefined : Number(value)
