CREATE TABLE orders (id bigint PRIMARY KEY, total double precision NOT NULL, "unitPrice" real);
CREATE TABLE accounts (id bigint PRIMARY KEY, balance money);
