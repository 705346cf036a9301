-- With history: the latest state of each record of an image, expired records included. A generation is a day, and a counter after a rejected upload.
CREATE OR REPLACE VIEW analytics.stored AS
SELECT v.pk, v.item
FROM (
  SELECT
    r."pk" AS pk,
    r."value" AS item,
    ROW_NUMBER() OVER (PARTITION BY r."pk", SUBSTRING(r."value"."generation"."S"::varchar, 1, 8) ORDER BY r."_record_create_time" DESC) AS age
  FROM hashgate_records.public."${CatalogTable}" r
) v
WHERE v.age = 1
WITH NO SCHEMA BINDING;
