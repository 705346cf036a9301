-- `requested`: images with an upload URL. `arrived`: those whose upload has been processed.
CREATE OR REPLACE VIEW analytics.uploads_per_day AS
SELECT
  i.day,
  i.tenant,
  COUNT(*) AS requested,
  SUM(CASE WHEN i.status IN ('ready', 'rejected') THEN 1 ELSE 0 END) AS arrived,
  SUM(CASE WHEN i.status = 'ready' THEN 1 ELSE 0 END) AS ready,
  SUM(CASE WHEN i.status = 'rejected' THEN 1 ELSE 0 END) AS rejected,
  SUM(CASE WHEN i.status IN ('ready', 'rejected') THEN i.byte_length ELSE 0 END) AS arrived_bytes
FROM analytics.images i
GROUP BY i.day, i.tenant
WITH NO SCHEMA BINDING;

-- `hour`: of the request for the upload URL.
CREATE OR REPLACE VIEW analytics.uploads_per_hour AS
SELECT
  DATE_TRUNC('hour', r.requested_at) AS hour,
  r.tenant,
  COUNT(*) AS requested,
  SUM(CASE WHEN r.status IN ('ready', 'rejected') THEN 1 ELSE 0 END) AS arrived,
  SUM(CASE WHEN r.status = 'ready' THEN 1 ELSE 0 END) AS ready,
  SUM(CASE WHEN r.status = 'rejected' THEN 1 ELSE 0 END) AS rejected,
  SUM(CASE WHEN r.status IN ('ready', 'rejected') THEN r.byte_length ELSE 0 END) AS arrived_bytes
FROM analytics.records r
GROUP BY DATE_TRUNC('hour', r.requested_at), r.tenant
WITH NO SCHEMA BINDING;

-- A record names the tenant, not the API key that requested it.
CREATE OR REPLACE VIEW analytics.tenants_per_day AS
SELECT
  r.day,
  COUNT(DISTINCT r.tenant) AS tenants,
  COUNT(*) AS requested
FROM analytics.records r
GROUP BY r.day
WITH NO SCHEMA BINDING;

-- By the day of the first request for an image: the days of its duplicates are not stored.
CREATE OR REPLACE VIEW analytics.bytes_saved_by_dedup AS
SELECT
  i.day,
  i.tenant,
  SUM(i.duplicates) AS duplicates,
  SUM(i.duplicates * i.byte_length) AS saved_bytes,
  SUM(i.byte_length) AS sent_bytes
FROM analytics.images i
WHERE i.status IN ('ready', 'rejected')
GROUP BY i.day, i.tenant
WITH NO SCHEMA BINDING;

-- An upload URL was issued more than an hour ago, and the bytes have not arrived.
CREATE OR REPLACE VIEW analytics.abandoned_uploads AS
SELECT
  r.day,
  r.tenant,
  r.content_type,
  COUNT(*) AS images,
  SUM(r.byte_length) AS declared_bytes
FROM analytics.records r
WHERE r.status = 'pending' AND r.requested_at < (GETDATE() AT TIME ZONE 'UTC') - INTERVAL '1 hour'
GROUP BY r.day, r.tenant, r.content_type
WITH NO SCHEMA BINDING;
