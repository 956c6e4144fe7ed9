-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
CREATE INDEX orders_buyer ON orders (buyer);
-- file: migrations/0003_key.sql
ALTER TABLE orders ADD CONSTRAINT one UNIQUE (buyer, note);
