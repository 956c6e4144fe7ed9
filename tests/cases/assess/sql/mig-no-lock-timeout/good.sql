-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN a int;
-- file: migrations/0003_more.sql
SELECT set_config('lock_timeout', '2s', true);
ALTER TABLE orders DROP COLUMN a;
