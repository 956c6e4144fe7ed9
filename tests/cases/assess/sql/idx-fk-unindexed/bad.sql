CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE order_items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders ON DELETE CASCADE, product_id bigint REFERENCES products);
CREATE TABLE products (id bigint PRIMARY KEY);
