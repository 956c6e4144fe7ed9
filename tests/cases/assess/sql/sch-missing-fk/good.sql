CREATE TABLE users (id bigint PRIMARY KEY, external_id text);
CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id));
CREATE TABLE notes (id bigint PRIMARY KEY, post_id bigint, post_type text, gateway_id text, user_id uuid);
CREATE TABLE audit_log (id bigint PRIMARY KEY, user_id bigint);

-- The foreign keys of a partitioned table may stand in its partitions.
CREATE TABLE sensor (id bigint PRIMARY KEY);
CREATE TABLE reading (id bigint NOT NULL, sensor_id bigint NOT NULL, taken_at timestamptz NOT NULL) PARTITION BY RANGE (taken_at);
CREATE TABLE reading_2026 PARTITION OF reading (FOREIGN KEY (sensor_id) REFERENCES sensor) FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
