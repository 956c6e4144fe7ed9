-- 50 categories, 100k products, 200k orders, 600k items; equal runs make equal rows.
pragma journal_mode = wal;
pragma synchronous = off;
create table category(id integer primary key, name text not null);
create table product(id integer primary key, sku text not null unique, name text not null, description text, price int not null,
  category_id int not null references category(id), created_at text not null, stock int not null);
create table "order"(id integer primary key, customer text not null, status text not null, created_at text not null, total int not null);
create table order_item(id integer primary key, order_id int not null references "order"(id), product_id int not null references product(id),
  qty int not null, unit_price int not null);
begin;
insert into category select value, 'Category ' || value from generate_series(1, 50);
insert into product select value, printf('SKU-%08d', value), 'Product number ' || value,
  'A "fine" product with a medium description, ' || substr(hex(value * 2654435761) || hex(value * 40503), 1, 64),
  abs((value * 2654435761) % 65536) + 100, (value * 7919) % 50 + 1, strftime('%Y-%m-%dT%H:%M:%SZ', 1704067200 + value * 60, 'unixepoch'), (value * 31) % 500
  from generate_series(1, 100000);
insert into "order" select value, 'customer' || (value % 5000) || '@example.com', case value % 3 when 0 then 'new' when 1 then 'paid' else 'shipped' end,
  strftime('%Y-%m-%dT%H:%M:%SZ', 1717200000 + value * 30, 'unixepoch'), 0 from generate_series(1, 200000);
insert into order_item select value, (value - 1) / 3 + 1, abs((value * 2654435761) % 100000) + 1, value % 5 + 1, abs((value * 40503) % 65536) + 100
  from generate_series(1, 600000);
commit;
create index p1 on product(category_id, price desc, id);
create index oi1 on order_item(order_id);
create index oi2 on order_item(product_id);
analyze;
pragma wal_checkpoint(truncate);
