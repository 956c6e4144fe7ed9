CREATE TABLE products (id bigint PRIMARY KEY, image1 text, image2 text, image3 text, category_ids text);
CREATE TABLE product_attributes (id bigint PRIMARY KEY, product_id bigint REFERENCES products, name text, value text);
