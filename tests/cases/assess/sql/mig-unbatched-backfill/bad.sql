-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
BEGIN;
ALTER TABLE orders ADD COLUMN paid boolean;
UPDATE orders SET paid = false;
COMMIT;
