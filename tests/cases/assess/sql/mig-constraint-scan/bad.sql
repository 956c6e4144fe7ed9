-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
ALTER TABLE orders ADD CONSTRAINT buyer_fk FOREIGN KEY (buyer) REFERENCES users (id);
-- file: migrations/0003_check.sql
ALTER TABLE orders ADD CHECK (total >= 0);
