-- Defaults, checks, strict tables.
create table item(
  id integer primary key,
  name text not null default 'it''s',
  bare text default word,
  double text default "quoted",
  amount int not null default -1,
  price numeric(10,2) not null default 0,
  at datetime default current_timestamp,
  day text default (date('now')),
  active boolean not null default 1,
  "none" int default null,
  constraint price_positive check (price >= 0),
  check (amount > -2 and name <> ')'),
  check (length(name) /* in characters */ < 100)
);
create table exact(id integer primary key, n int not null, r real, t text, b blob, a any) strict;
insert into item(id, price) values (1, 9.99), (2, 10), (3, 0.5);
