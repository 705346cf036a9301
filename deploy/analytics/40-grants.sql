-- Who reads: the views, and what a view needs beneath it. Nobody but the owner writes.
-- once
CREATE ROLE hashgate_viewer;

GRANT USAGE ON SCHEMA analytics TO ROLE hashgate_viewer;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO ROLE hashgate_viewer;
-- A view with late binding asks for what is beneath it in the name of whoever reads.
GRANT USAGE ON SCHEMA manifests TO ROLE hashgate_viewer;
GRANT USAGE ON DATABASE hashgate_records TO ROLE hashgate_viewer;

-- The role of analytics.yaml, as it comes through the Data API.
-- once
CREATE USER "IAMR:${ViewerRole}" PASSWORD DISABLE;
GRANT ROLE hashgate_viewer TO "IAMR:${ViewerRole}";

-- Tableau logs in by name. An administrator gives it a password: see tableau/README.md.
-- once
CREATE USER tableau PASSWORD DISABLE;
GRANT ROLE hashgate_viewer TO tableau;
