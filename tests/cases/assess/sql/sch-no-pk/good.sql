CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric(12,2));
CREATE TABLE readings (id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE readings_2024 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE schema_migrations (version text);
CREATE TABLE ONLY_LATER (id bigint NOT NULL);
ALTER TABLE ONLY only_later ADD CONSTRAINT only_later_pkey PRIMARY KEY (id);

-- A partitioned table whose partitions have the keys.
CREATE TABLE reading (taken_at timestamptz NOT NULL, sensor bigint NOT NULL, value numeric) PARTITION BY RANGE (taken_at);
CREATE TABLE reading_2026 PARTITION OF reading (PRIMARY KEY (taken_at, sensor)) FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
