-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
CREATE INDEX CONCURRENTLY orders_buyer ON orders (buyer);
CREATE TABLE fresh (id bigint PRIMARY KEY, a int);
CREATE INDEX ON fresh (a);
ALTER TABLE orders ADD CONSTRAINT one UNIQUE USING INDEX orders_one;
