-- Without history: the records that live. DynamoDB takes days to delete one whose time is over; here it is gone at once.
-- The key is a column, all attributes are in one SUPER, written as DynamoDB writes them: {"status": {"S": "ready"}, "attempts": {"N": "1"}}.
CREATE OR REPLACE VIEW analytics.stored AS
SELECT r."pk" AS pk, r."value" AS item
FROM hashgate_records.public."${CatalogTable}" r
WHERE TIMESTAMP 'epoch' + r."value"."expiresAt"."N"::varchar::bigint * INTERVAL '1 second' > GETDATE()
WITH NO SCHEMA BINDING;
