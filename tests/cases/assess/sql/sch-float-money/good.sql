CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(12,2) NOT NULL, tax_rate real, total_time_ms double precision);
