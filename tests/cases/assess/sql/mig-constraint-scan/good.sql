-- file: migrations/0001_base.sql
CREATE TABLE orders (id bigint PRIMARY KEY, buyer bigint, total int, note varchar(20), state text);
CREATE TABLE users (id bigint PRIMARY KEY);
-- file: migrations/0002_change.sql
ALTER TABLE orders ADD CONSTRAINT buyer_fk FOREIGN KEY (buyer) REFERENCES users (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT buyer_fk;
ALTER TABLE orders ADD COLUMN seller bigint REFERENCES users (id);
CREATE TABLE fresh (id bigint PRIMARY KEY, u bigint);
ALTER TABLE fresh ADD FOREIGN KEY (u) REFERENCES users (id);
