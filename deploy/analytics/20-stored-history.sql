-- With history: the latest state of each generation of an image, expired generations included.
CREATE OR REPLACE VIEW analytics.stored AS
SELECT v.pk, v.item
FROM (
  SELECT
    r."pk" AS pk,
    r."value" AS item,
    ROW_NUMBER() OVER (PARTITION BY r."pk", r."value"."generation"."S"::varchar ORDER BY r."_record_create_time" DESC) AS age
  FROM hashgate_records.public."${CatalogTable}" r
) v
WHERE v.age = 1
WITH NO SCHEMA BINDING;
