CREATE TABLE organizations (id bigint PRIMARY KEY);
CREATE TABLE projects (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations);
CREATE INDEX ON projects (organization_id);
CREATE TABLE labels (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations);
CREATE INDEX ON labels (organization_id);
CREATE TABLE boards (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations);
CREATE INDEX ON boards (organization_id);
CREATE TABLE files (id bigint PRIMARY KEY, organization_id bigint NOT NULL, path text);
