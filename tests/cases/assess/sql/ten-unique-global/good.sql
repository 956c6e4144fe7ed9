CREATE TABLE organizations (id bigint PRIMARY KEY);
CREATE TABLE projects (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations);
CREATE INDEX ON projects (organization_id);
CREATE TABLE labels (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations);
CREATE INDEX ON labels (organization_id);
CREATE TABLE boards (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations);
CREATE INDEX ON boards (organization_id);
CREATE TABLE tags (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations, name text, token text UNIQUE, UNIQUE (organization_id, name));
