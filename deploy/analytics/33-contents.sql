CREATE OR REPLACE VIEW analytics.formats_and_cameras AS
SELECT
  i.day,
  i.format,
  i.camera_make,
  i.camera_model,
  COUNT(*) AS images,
  SUM(i.byte_length) AS bytes,
  AVG(i.width::bigint * i.height) / 1000000.0 AS mean_megapixels
FROM analytics.images i
WHERE i.status = 'ready'
GROUP BY i.day, i.format, i.camera_make, i.camera_model
WITH NO SCHEMA BINDING;

-- Images whose bytes arrived, by size. The last bar has no upper bound.
CREATE OR REPLACE VIEW analytics.size_histogram AS
SELECT
  b.day,
  b.tenant,
  b.from_bytes,
  CASE b.from_bytes
    WHEN 0 THEN 100000
    WHEN 100000 THEN 500000
    WHEN 500000 THEN 1000000
    WHEN 1000000 THEN 2000000
    WHEN 2000000 THEN 5000000
    WHEN 5000000 THEN 10000000
    WHEN 10000000 THEN 20000000
  END AS below_bytes,
  COUNT(*) AS images,
  SUM(b.byte_length) AS bytes
FROM (
  SELECT
    r.day,
    r.tenant,
    r.byte_length,
    CASE
      WHEN r.byte_length >= 20000000 THEN 20000000
      WHEN r.byte_length >= 10000000 THEN 10000000
      WHEN r.byte_length >= 5000000 THEN 5000000
      WHEN r.byte_length >= 2000000 THEN 2000000
      WHEN r.byte_length >= 1000000 THEN 1000000
      WHEN r.byte_length >= 500000 THEN 500000
      WHEN r.byte_length >= 100000 THEN 100000
      ELSE 0
    END AS from_bytes
  FROM analytics.records r
  WHERE r.status IN ('ready', 'rejected')
) b
GROUP BY b.day, b.tenant, b.from_bytes
WITH NO SCHEMA BINDING;

-- Ready images, by the pixels of the original. The last bar has no upper bound.
CREATE OR REPLACE VIEW analytics.megapixel_histogram AS
SELECT
  b.day,
  b.tenant,
  b.from_megapixels,
  CASE b.from_megapixels
    WHEN 0 THEN 1
    WHEN 1 THEN 2
    WHEN 2 THEN 5
    WHEN 5 THEN 10
    WHEN 10 THEN 20
    WHEN 20 THEN 50
  END AS below_megapixels,
  COUNT(*) AS images
FROM (
  SELECT
    r.day,
    r.tenant,
    CASE
      WHEN r.width::bigint * r.height >= 50000000 THEN 50
      WHEN r.width::bigint * r.height >= 20000000 THEN 20
      WHEN r.width::bigint * r.height >= 10000000 THEN 10
      WHEN r.width::bigint * r.height >= 5000000 THEN 5
      WHEN r.width::bigint * r.height >= 2000000 THEN 2
      WHEN r.width::bigint * r.height >= 1000000 THEN 1
      ELSE 0
    END AS from_megapixels
  FROM analytics.records r
  WHERE r.status = 'ready'
) b
GROUP BY b.day, b.tenant, b.from_megapixels
WITH NO SCHEMA BINDING;
