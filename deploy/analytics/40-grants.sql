-- Viewers can read the views and what the views read. Only the owner can write.
-- once
CREATE ROLE hashgate_viewer;

GRANT USAGE ON SCHEMA analytics TO ROLE hashgate_viewer;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO ROLE hashgate_viewer;
-- A late-binding view reads its sources with the permissions of the user who queries it.
GRANT USAGE ON SCHEMA manifests TO ROLE hashgate_viewer;
GRANT USAGE ON DATABASE hashgate_records TO ROLE hashgate_viewer;

-- The database user of the viewer role of analytics.yaml in the Data API.
-- once
CREATE USER "IAMR:${ViewerRole}" PASSWORD DISABLE;
GRANT ROLE hashgate_viewer TO "IAMR:${ViewerRole}";

-- Tableau logs in with a password, which an administrator sets: see tableau/README.md.
-- once
CREATE USER tableau PASSWORD DISABLE;
GRANT ROLE hashgate_viewer TO tableau;
