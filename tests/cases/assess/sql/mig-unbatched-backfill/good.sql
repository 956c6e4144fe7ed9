-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
UPDATE orders SET state = 'done' WHERE id = 7;
CREATE TABLE fresh (id bigint PRIMARY KEY, a int);
UPDATE fresh SET a = 1;
