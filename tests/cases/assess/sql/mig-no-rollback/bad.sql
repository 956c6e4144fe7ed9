-- file: migrations/0001_x.up.sql
CREATE TABLE t1 (id bigint PRIMARY KEY);
-- file: migrations/0001_x.down.sql
DROP TABLE t1;
-- file: migrations/0002_x.up.sql
CREATE TABLE t2 (id bigint PRIMARY KEY);
-- file: migrations/0002_x.down.sql
DROP TABLE t2;
-- file: migrations/0003_x.up.sql
CREATE TABLE t3 (id bigint PRIMARY KEY);
-- file: migrations/0003_x.down.sql
DROP TABLE t3;
-- file: migrations/0004_y.up.sql
ALTER TABLE t1 ADD COLUMN a int;
