-- One row per image, from its record. Times are in UTC.
CREATE OR REPLACE VIEW analytics.records AS
SELECT
  s.item."tenant"."S"::varchar AS tenant,
  s.item."imageId"."S"::varchar AS image_id,
  s.item."generation"."S"::varchar AS generation,
  SUBSTRING(s.item."createdAt"."S"::varchar, 1, 10)::date AS day,
  s.item."status"."S"::varchar AS status,
  s.item."byteLength"."N"::varchar::bigint AS byte_length,
  s.item."contentType"."S"::varchar AS content_type,
  s.item."createdAt"."S"::varchar::timestamptz AS requested_at,
  s.item."startedAt"."S"::varchar::timestamptz AS started_at,
  s.item."finishedAt"."S"::varchar::timestamptz AS finished_at,
  s.item."attempts"."N"::varchar::int AS attempts,
  COALESCE(s.item."duplicates"."N"::varchar::bigint, 0) AS duplicates,
  s.item."rejection"."M"."reason"."S"::varchar AS reason,
  s.item."image"."M"."format"."S"::varchar AS format,
  s.item."image"."M"."width"."N"::varchar::int AS width,
  s.item."image"."M"."height"."N"::varchar::int AS height,
  s.item."image"."M"."camera"."M"."make"."S"::varchar AS camera_make,
  s.item."image"."M"."camera"."M"."model"."S"::varchar AS camera_model
FROM analytics.stored s
WITH NO SCHEMA BINDING;

-- One row per image, from its manifest. `day` is the partition key.
CREATE OR REPLACE VIEW analytics.manifests AS
SELECT
  m.tenant,
  m.imageid AS image_id,
  m.generation,
  m.day::date AS day,
  m.reason,
  m.format,
  m.width,
  m.height,
  m.colorspace AS color_space,
  m.hasalpha AS has_alpha,
  m.pages,
  m.camera.make AS camera_make,
  m.camera.model AS camera_model,
  m.takenat AS taken_at
FROM manifests.manifests m
WITH NO SCHEMA BINDING;

-- One row per image, from both sources. The record takes precedence: only it includes pending images and requests after the manifest
-- was written. With history a record outlives its manifest; its own attributes then replace the manifest's.
CREATE OR REPLACE VIEW analytics.images AS
SELECT
  r.day,
  r.tenant,
  r.image_id,
  r.generation,
  r.status,
  r.byte_length,
  r.content_type,
  r.requested_at,
  r.started_at,
  r.finished_at,
  r.attempts,
  r.duplicates,
  COALESCE(m.reason, r.reason) AS reason,
  COALESCE(m.format, r.format) AS format,
  COALESCE(m.width, r.width) AS width,
  COALESCE(m.height, r.height) AS height,
  m.color_space,
  m.has_alpha,
  m.pages,
  COALESCE(m.camera_make, r.camera_make) AS camera_make,
  COALESCE(m.camera_model, r.camera_model) AS camera_model,
  m.taken_at
FROM analytics.records r
LEFT JOIN analytics.manifests m
  ON m.day = r.day AND m.tenant = r.tenant AND m.image_id = r.image_id AND m.generation = r.generation
WITH NO SCHEMA BINDING;

-- One row per image, with the time at which its record and its bytes expire.
CREATE OR REPLACE VIEW analytics.retention AS
SELECT
  s.item."tenant"."S"::varchar AS tenant,
  s.item."imageId"."S"::varchar AS image_id,
  s.item."generation"."S"::varchar AS generation,
  s.item."status"."S"::varchar AS status,
  s.item."byteLength"."N"::varchar::bigint AS byte_length,
  s.item."createdAt"."S"::varchar::timestamptz AS requested_at,
  s.item."startedAt"."S"::varchar::timestamptz AS started_at,
  s.item."finishedAt"."S"::varchar::timestamptz AS finished_at,
  (TIMESTAMP 'epoch' + s.item."expiresAt"."N"::varchar::bigint * INTERVAL '1 second') AT TIME ZONE 'UTC' AS expires_at
FROM analytics.stored s
WITH NO SCHEMA BINDING;
