CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric(12,2));
CREATE TABLE readings (id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE readings_2024 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE schema_migrations (version text);
CREATE TABLE ONLY_LATER (id bigint NOT NULL);
ALTER TABLE ONLY only_later ADD CONSTRAINT only_later_pkey PRIMARY KEY (id);
