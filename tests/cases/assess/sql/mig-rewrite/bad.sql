-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
-- file: migrations/0003_column.sql
ALTER TABLE orders ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();
