import type { Period } from './period.ts'

interface Scope {
  period: Period
  /** Default: all tenants. */
  tenant?: string
  now: Date
}

export const topTenants = 10
export const topCameras = 8

/** What the warehouse holds, regardless of the period. */
export const coverageQuery = `SELECT
  CAST(MIN(i.day) AS VARCHAR) AS first_day,
  CAST(MAX(i.requested_at) AS VARCHAR) AS newest,
  COUNT(*) AS images
FROM analytics.images i`

/** Days from an upload request until the record expires: `RETENTION_DAYS` of the gateway. */
export const retentionDaysQuery =
  'SELECT MAX(DATEDIFF(day, r.requested_at, r.expires_at)) AS days FROM analytics.retention r'

export const tenantsQuery = 'SELECT DISTINCT i.tenant FROM analytics.images i ORDER BY i.tenant LIMIT 21'

/** The queries of a report, in Redshift's dialect. They read the views that analysts use. */
export function createQueries({ period, tenant, now }: Scope) {
  const both = (view: string) => {
    const ofTenant = tenant === undefined ? '' : `\n  AND ${view}.tenant = ${quote(tenant)}`
    return `WHERE ${view}.day BETWEEN DATE '${period.from}' AND DATE '${period.to}'${ofTenant}`
  }
  const moment = `TIMESTAMP '${now.toISOString().slice(0, 19).replace('T', ' ')}'`

  return {
    days: `SELECT
  CAST(u.day AS VARCHAR) AS day,
  SUM(u.requested) AS requested,
  SUM(u.ready) AS ready,
  SUM(u.rejected) AS rejected,
  SUM(u.arrived_bytes) AS arrived_bytes,
  SUM(COALESCE(s.duplicates, 0)) AS duplicates,
  SUM(COALESCE(s.saved_bytes, 0)) AS saved_bytes
FROM analytics.uploads_per_day u
LEFT JOIN analytics.bytes_saved_by_dedup s ON s.day = u.day AND s.tenant = u.tenant
${both('u')}
GROUP BY u.day
ORDER BY u.day`,

    latency: `SELECT
  COUNT(*) AS images,
  ${percentiles}
FROM analytics.images i
${both('i')}
  AND i.status IN ('ready', 'rejected')`,

    latencyByHour: `SELECT
  SUBSTRING(CAST(DATE_TRUNC('hour', i.requested_at) AS VARCHAR), 1, 13) AS hour,
  COUNT(*) AS images,
  ${percentiles}
FROM analytics.images i
${both('i')}
  AND i.status IN ('ready', 'rejected')
GROUP BY 1
ORDER BY 1`,

    rejects: `SELECT r.reason, SUM(r.images) AS images
FROM analytics.rejects_by_reason r
${both('r')}
GROUP BY r.reason
ORDER BY images DESC, r.reason`,

    formats: `SELECT
  i.format,
  COUNT(*) AS images,
  SUM(i.byte_length) AS bytes,
  AVG(CAST(i.width AS BIGINT) * i.height) / 1000000.0 AS mean_megapixels
FROM analytics.images i
${both('i')}
  AND i.status = 'ready'
GROUP BY i.format
ORDER BY images DESC, i.format`,

    cameras: `SELECT i.camera_make, i.camera_model, COUNT(*) AS images
FROM analytics.images i
${both('i')}
  AND i.status = 'ready'
  AND (i.camera_make IS NOT NULL OR i.camera_model IS NOT NULL)
GROUP BY i.camera_make, i.camera_model
ORDER BY images DESC, i.camera_make, i.camera_model
LIMIT ${topCameras}`,

    tenants: `SELECT
  u.tenant,
  SUM(u.ready + u.rejected) AS images,
  SUM(u.rejected) AS rejected,
  SUM(u.arrived_bytes) AS arrived_bytes,
  SUM(COALESCE(s.saved_bytes, 0)) AS saved_bytes
FROM analytics.uploads_per_day u
LEFT JOIN analytics.bytes_saved_by_dedup s ON s.day = u.day AND s.tenant = u.tenant
${both('u')}
GROUP BY u.tenant
ORDER BY images DESC, u.tenant
LIMIT ${topTenants}`,

    retention: `SELECT
  CAST(CAST(r.expires_at AT TIME ZONE 'UTC' AS DATE) AS VARCHAR) AS day,
  COUNT(*) AS images,
  SUM(r.byte_length) AS bytes
FROM analytics.retention r
WHERE r.expires_at AT TIME ZONE 'UTC' > ${moment}
  AND r.status IN ('ready', 'rejected')${tenant === undefined ? '' : `\n  AND r.tenant = ${quote(tenant)}`}
GROUP BY 1
ORDER BY 1`,
  }
}

export type Queries = ReturnType<typeof createQueries>

const milliseconds = 'DATEDIFF(millisecond, i.started_at, i.finished_at)'
const percentiles = [0.5, 0.9, 0.99]
  .map(
    (share) =>
      `PERCENTILE_CONT(${share}) WITHIN GROUP (ORDER BY ${milliseconds}) / 1000.0 AS p${share * 100}_seconds`,
  )
  .join(',\n  ')

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
