// The facts about PostgreSQL that the mig-* rules rest on, asked of PostgreSQL itself: which lock a statement takes, and whether it writes the table anew.
import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { cluster, missing } from './postgres_cluster.mjs';

const why = missing();
let pg;
before(async () => {
  if (why) return;
  pg = await cluster();
  pg.sql(`create table other (id int primary key);
    create table t (id int primary key, a int, v varchar(10), x text, n numeric(6,2), at timestamp);
    insert into other values (1); insert into t select i, 1, 'v', 'x', 1, now() from generate_series(1, 100) i;
    create type mood as enum ('fine'); create table people (mood mood);`);
});
after(() => pg?.remove());

const levels = ['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock', 'ShareUpdateExclusiveLock'];

/// The strongest lock on `table` while `statement` is uncommitted, and whether `t` lies in another file afterwards.
function effect(statement, table = 't') {
  const out = pg.sql(`begin;
    select pg_relation_filenode('t');
    ${statement};
    select pg_relation_filenode('t');
    select string_agg(distinct mode, ',' order by mode) from pg_locks where pid = pg_backend_pid() and relation = '${table}'::regclass
      and mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock');
    rollback;`).trim().split('\n');
  const held = out.slice(2).join('').split(',');
  return { rewrites: out[0] !== out[1], locks: levels.find((level) => held.includes(level)) };
}

const cases = [
  ['create index on t (a)', 'ShareLock', false],
  ['alter table t add unique (a, id)', 'AccessExclusiveLock', false],
  ['alter table t add check (a > 0)', 'AccessExclusiveLock', false],
  ['alter table t add foreign key (a) references other', 'ShareRowExclusiveLock', false],
  ['alter table t add foreign key (a) references other not valid', 'ShareRowExclusiveLock', false],
  ['alter table t alter a set not null', 'AccessExclusiveLock', false],
  ['alter table t add b int default 7', 'AccessExclusiveLock', false],
  ['alter table t add b timestamptz default now()', 'AccessExclusiveLock', false],
  ['alter table t add b uuid default gen_random_uuid()', 'AccessExclusiveLock', true],
  ['alter table t add b int generated always as identity', 'AccessExclusiveLock', true],
  ['alter table t add b int generated always as (a + 1) stored', 'AccessExclusiveLock', true],
  ['alter table t add b serial', 'AccessExclusiveLock', true],
  ['alter table t alter a type bigint', 'AccessExclusiveLock', true],
  ['alter table t alter v type varchar(20)', 'AccessExclusiveLock', false],
  ['alter table t alter v type text', 'AccessExclusiveLock', false],
  ['alter table t alter x type varchar', 'AccessExclusiveLock', false],
  ['alter table t alter x type varchar(20)', 'AccessExclusiveLock', true],
  ['alter table t alter v type varchar(5)', 'AccessExclusiveLock', true],
  ['alter table t alter n type numeric(8,2)', 'AccessExclusiveLock', false],
  ['alter table t alter n type numeric(8,3)', 'AccessExclusiveLock', true],
  ["set local timezone = 'UTC'; alter table t alter at type timestamptz", 'AccessExclusiveLock', false],
  ["set local timezone = 'Europe/Berlin'; alter table t alter at type timestamptz", 'AccessExclusiveLock', true],
  ['alter table t rename column a to b', 'AccessExclusiveLock', false],
];
for (const [statement, locks, rewrites] of cases) {
  test(`${statement}: ${locks}${rewrites ? ', written anew' : ''}`, { skip: why }, () => assert.deepEqual(effect(statement), { rewrites, locks }));
}

test('a foreign key locks the table it refers to as strongly, valid or not', { skip: why }, () => {
  assert.equal(effect('alter table t add foreign key (a) references other', 'other').locks, 'ShareRowExclusiveLock');
  assert.equal(effect('alter table t add foreign key (a) references other not valid', 'other').locks, 'ShareRowExclusiveLock');
});

test('VALIDATE lets writers through', { skip: why }, () => {
  pg.sql('alter table t add constraint later foreign key (a) references other not valid');
  assert.equal(effect('alter table t validate constraint later').locks, 'ShareUpdateExclusiveLock');
});

test('CONCURRENTLY fails inside a transaction', { skip: why }, () => {
  assert.throws(() => pg.sql('begin; create index concurrently on t (a); commit;'), /cannot run inside a transaction block/);
});

test('an enum value cannot be used before its commit', { skip: why }, () => {
  assert.throws(() => pg.sql("begin; alter type mood add value 'great'; insert into people values ('great'); commit;"), /unsafe use of new value/);
});

test('a NOT NULL column without default fails as soon as there is a row', { skip: why }, () => {
  assert.throws(() => pg.sql('alter table t add region text not null'), /contains null values/);
});
