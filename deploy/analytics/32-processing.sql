CREATE OR REPLACE VIEW analytics.rejects_by_reason AS
SELECT i.day, i.tenant, i.reason, i.content_type, COUNT(*) AS images
FROM analytics.images i
WHERE i.status = 'rejected'
GROUP BY i.day, i.tenant, i.reason, i.content_type
WITH NO SCHEMA BINDING;

-- `processing`: from the first attempt to the final status, including retries. `total`: from the request for an upload URL, so it
-- includes the client's upload.
CREATE OR REPLACE VIEW analytics.processing_latency AS
SELECT
  i.day,
  i.status,
  COUNT(*) AS images,
  PERCENTILE_CONT(0.50) WITHIN GROUP (ORDER BY DATEDIFF(millisecond, i.started_at, i.finished_at)) / 1000.0 AS processing_p50_seconds,
  PERCENTILE_CONT(0.90) WITHIN GROUP (ORDER BY DATEDIFF(millisecond, i.started_at, i.finished_at)) / 1000.0 AS processing_p90_seconds,
  PERCENTILE_CONT(0.99) WITHIN GROUP (ORDER BY DATEDIFF(millisecond, i.started_at, i.finished_at)) / 1000.0 AS processing_p99_seconds,
  AVG(DATEDIFF(millisecond, i.requested_at, i.finished_at)) / 1000.0 AS total_mean_seconds,
  MAX(DATEDIFF(millisecond, i.requested_at, i.finished_at)) / 1000.0 AS total_max_seconds
FROM analytics.images i
WHERE i.status IN ('ready', 'rejected')
GROUP BY i.day, i.status
WITH NO SCHEMA BINDING;

-- Three stages of each finished image. `upload`: from the issued URL until a worker first held the stored bytes, so it includes the client's
-- time. `processing`: from there to the final status, retries included. `total`: both.
CREATE OR REPLACE VIEW analytics.latency_per_hour AS
SELECT
  s.hour,
  s.stage,
  COUNT(*) AS images,
  PERCENTILE_CONT(0.50) WITHIN GROUP (ORDER BY s.seconds) AS p50_seconds,
  PERCENTILE_CONT(0.90) WITHIN GROUP (ORDER BY s.seconds) AS p90_seconds,
  PERCENTILE_CONT(0.99) WITHIN GROUP (ORDER BY s.seconds) AS p99_seconds
FROM (
  SELECT
    DATE_TRUNC('hour', r.requested_at) AS hour,
    'upload' AS stage,
    DATEDIFF(millisecond, r.requested_at, r.started_at) / 1000.0 AS seconds
  FROM analytics.records r
  WHERE r.status IN ('ready', 'rejected') AND r.started_at IS NOT NULL
  UNION ALL
  SELECT
    DATE_TRUNC('hour', r.requested_at) AS hour,
    'processing' AS stage,
    DATEDIFF(millisecond, r.started_at, r.finished_at) / 1000.0 AS seconds
  FROM analytics.records r
  WHERE r.status IN ('ready', 'rejected') AND r.started_at IS NOT NULL
  UNION ALL
  SELECT
    DATE_TRUNC('hour', r.requested_at) AS hour,
    'total' AS stage,
    DATEDIFF(millisecond, r.requested_at, r.finished_at) / 1000.0 AS seconds
  FROM analytics.records r
  WHERE r.status IN ('ready', 'rejected')
) s
GROUP BY s.hour, s.stage
WITH NO SCHEMA BINDING;

-- `gave_up`: rejected as processing_failed, after the last attempt. `unfinished`: started and without a final status. Dead letters are Kafka
-- messages, not images: their topic and its alarm have them.
CREATE OR REPLACE VIEW analytics.retries_per_day AS
SELECT
  r.day,
  r.tenant,
  COUNT(*) AS started,
  SUM(CASE WHEN r.attempts > 1 THEN 1 ELSE 0 END) AS retried,
  SUM(r.attempts - 1) AS extra_attempts,
  MAX(r.attempts) AS most_attempts,
  SUM(CASE WHEN r.reason = 'processing_failed' THEN 1 ELSE 0 END) AS gave_up,
  SUM(CASE WHEN r.status IN ('ready', 'rejected') THEN 0 ELSE 1 END) AS unfinished
FROM analytics.records r
WHERE r.attempts > 0
GROUP BY r.day, r.tenant
WITH NO SCHEMA BINDING;
