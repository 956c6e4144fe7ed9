CREATE TABLE products (id bigint PRIMARY KEY, address_line1 text, address_line2 text, category_ids bigint[], tags text[]);
CREATE TABLE settings (id bigint PRIMARY KEY, name text, value text);
