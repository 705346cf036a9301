-- The records, as DynamoDB has them, some 15 minutes later. Redshift writes this database; nobody else can.
-- once
CREATE DATABASE hashgate_records FROM INTEGRATION '${IntegrationId}';

-- With history a record stays after its seven days (and every earlier state of it).
ALTER DATABASE hashgate_records INTEGRATION SET HISTORY_MODE = ${HistoryMode} FOR ALL TABLES;

-- The manifests in the processed bucket, read where they are. Their days are named by the function of analytics.yaml.
CREATE EXTERNAL SCHEMA IF NOT EXISTS manifests
FROM DATA CATALOG DATABASE '${GlueDatabase}'
IAM_ROLE '${SpectrumRoleArn}';

CREATE SCHEMA IF NOT EXISTS analytics;
