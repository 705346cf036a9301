-- The DynamoDB records, as late as the refresh interval and some minutes. Only the integration writes to this database.
-- once
CREATE DATABASE hashgate_records FROM INTEGRATION '${IntegrationId}';

-- With history, Redshift keeps each state of a record, even after the record expires.
ALTER DATABASE hashgate_records INTEGRATION SET HISTORY_MODE = ${HistoryMode} FOR ALL TABLES;

ALTER DATABASE hashgate_records INTEGRATION SET REFRESH_INTERVAL ${RefreshIntervalSeconds};

-- The manifests in the processed bucket, which Spectrum reads in place. compaction.yaml writes them as Parquet, with their partitions.
CREATE EXTERNAL SCHEMA IF NOT EXISTS manifests
FROM DATA CATALOG DATABASE '${GlueDatabase}'
IAM_ROLE '${SpectrumRoleArn}';

CREATE SCHEMA IF NOT EXISTS analytics;
