-- Without history: the records that have not expired. DynamoDB can take days to delete an expired record; this view hides it at once.
-- The key is a column. All attributes are in one SUPER column, in DynamoDB's JSON format: {"status": {"S": "ready"}, "attempts": {"N": "1"}}.
CREATE OR REPLACE VIEW analytics.stored AS
SELECT r."pk" AS pk, r."value" AS item
FROM hashgate_records.public."${CatalogTable}" r
WHERE TIMESTAMP 'epoch' + r."value"."expiresAt"."N"::varchar::bigint * INTERVAL '1 second' > GETDATE()
WITH NO SCHEMA BINDING;
