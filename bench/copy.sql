-- The ceiling's rows into the database that Kingpost made for bench/model.yaml; the ceiling is attached as c.
pragma synchronous = off;
begin;
insert into category(id, name) select id, name from c.category;
insert into product(id, sku, name, description, price, category_id, created_at, stock)
  select id, sku, name, description, price, category_id, unixepoch(created_at) * 1000000, stock from c.product;
insert into "order"(id, customer, status, created_at, total) select id, customer, status, unixepoch(created_at) * 1000000, total from c."order";
insert into order_item(id, order_id, product_id, qty, unit_price) select id, order_id, product_id, qty, unit_price from c.order_item;
commit;
analyze;
pragma wal_checkpoint(truncate);
