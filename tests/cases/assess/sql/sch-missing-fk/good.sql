CREATE TABLE users (id bigint PRIMARY KEY, external_id text);
CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id));
CREATE TABLE notes (id bigint PRIMARY KEY, post_id bigint, post_type text, gateway_id text, user_id uuid);
CREATE TABLE audit_log (id bigint PRIMARY KEY, user_id bigint);
