-- Originals only, without variants. A byte stored for one day is one byte-day. S3 bills months of 2^30 bytes; an average month has 30.4 days.
CREATE OR REPLACE VIEW analytics.storage_per_tenant AS
SELECT
  (r.requested_at AT TIME ZONE 'UTC')::date AS day,
  r.tenant,
  COUNT(*) AS images,
  SUM(r.byte_length) AS bytes,
  SUM(r.byte_length::float8 * DATEDIFF(second, r.requested_at, LEAST(r.expires_at, GETDATE() AT TIME ZONE 'UTC')) / 86400) AS byte_days_so_far,
  SUM(r.byte_length::float8 * DATEDIFF(second, r.requested_at, r.expires_at) / 86400) AS byte_days_in_all,
  SUM(r.byte_length::float8 * DATEDIFF(second, r.requested_at, r.expires_at) / 86400) / 1073741824 / 30.4 * ${StoragePrice} AS storage_usd
FROM analytics.retention r
WHERE r.status IN ('ready', 'rejected')
GROUP BY (r.requested_at AT TIME ZONE 'UTC')::date, r.tenant
WITH NO SCHEMA BINDING;

-- What will be deleted when: images that have not expired, by the UTC day on which they will.
CREATE OR REPLACE VIEW analytics.retention_outlook AS
SELECT
  (r.expires_at AT TIME ZONE 'UTC')::date AS expires_on,
  r.tenant,
  COUNT(*) AS images,
  SUM(CASE WHEN r.status IN ('ready', 'rejected') THEN r.byte_length ELSE 0 END) AS bytes
FROM analytics.retention r
WHERE r.expires_at > (GETDATE() AT TIME ZONE 'UTC')
GROUP BY (r.expires_at AT TIME ZONE 'UTC')::date, r.tenant
WITH NO SCHEMA BINDING;

-- The states of each image, for a snapshot at any moment t: WHERE from_at <= t AND until_at > t. Without history, it lacks the images that
-- have expired since t.
CREATE OR REPLACE VIEW analytics.image_states AS
SELECT
  r.tenant,
  r.image_id,
  r.generation,
  'pending' AS status,
  r.byte_length,
  r.requested_at AS from_at,
  COALESCE(r.started_at, r.finished_at, r.expires_at) AS until_at
FROM analytics.retention r
UNION ALL
SELECT
  r.tenant,
  r.image_id,
  r.generation,
  'processing' AS status,
  r.byte_length,
  r.started_at AS from_at,
  COALESCE(r.finished_at, r.expires_at) AS until_at
FROM analytics.retention r
WHERE r.started_at IS NOT NULL
UNION ALL
SELECT
  r.tenant,
  r.image_id,
  r.generation,
  r.status,
  r.byte_length,
  r.finished_at AS from_at,
  r.expires_at AS until_at
FROM analytics.retention r
WHERE r.finished_at IS NOT NULL AND r.status IN ('ready', 'rejected')
WITH NO SCHEMA BINDING;
