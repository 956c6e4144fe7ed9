-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
ALTER TABLE orders RENAME COLUMN buyer TO customer;
-- file: migrations/0003_drop.sql
DROP TABLE users;
ALTER TABLE orders DROP COLUMN note;
