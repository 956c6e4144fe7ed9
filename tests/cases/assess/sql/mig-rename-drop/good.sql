-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
CREATE TABLE draft (id bigint PRIMARY KEY, a int);
ALTER TABLE draft RENAME COLUMN a TO b;
ALTER TABLE draft RENAME TO final;
ALTER TABLE final DROP COLUMN b;
ALTER TABLE orders ADD COLUMN extra int;
