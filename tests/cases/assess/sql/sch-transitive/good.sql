CREATE TABLE customers (id bigint PRIMARY KEY, name text, email text);
CREATE TABLE invoices (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, customer_name text, customer_email text);
