-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
ALTER TABLE orders ADD CONSTRAINT buyer_set CHECK (buyer IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT buyer_set;
ALTER TABLE orders ALTER COLUMN buyer SET NOT NULL;
ALTER TABLE orders ADD COLUMN region text NOT NULL DEFAULT 'eu';
