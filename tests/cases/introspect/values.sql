-- Columns whose values are not what their declaration says.
create table thing(
  id integer primary key,
  count integer,
  word varchar(3),
  price decimal(6,2),
  seen datetime,
  made timestamp,
  day date,
  at time,
  active bool,
  token uuid,
  raw blob,
  anything,
  payload json,
  share double precision,
  cost money,
  odd "weird type!"
);
insert into thing values (1, 'many', 'longer', 1.234, 'yesterday', 1700000000, '2024-02-30', '10:00', 1, '018f0001-0203-7004-8506-0708090a0b0c', x'00', 5,
  '{"a": 1}', 0.5, 3, 'x');
insert into thing values (2, 2, 'abc', 2, '2024-01-01', 1700000001, '2024-01-01', '11:00', 0, '018f0001-0203-7004-8506-0708090a0b0d', x'01', 'text',
  '[]', 1, 2, 4);
