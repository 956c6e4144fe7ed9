// The fixtures of tests/cases/introspect are imported and served as they lie: keys of every kind, hostile names, the database's own defaults.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run, serve, temporary, root, call } from './harness.mjs';

const shell = spawnSync('sqlite3', ['--version']).status === 0;
const options = { skip: shell ? false : 'SKIPPED: the sqlite3 shell is not installed' };
const temp = temporary();
after(() => temp.remove());

async function served(name, work, sql = readFileSync(join(root, `tests/cases/introspect/${name}.sql`))) {
  const file = join(temp.path, `${name}.sqlite`);
  const model = join(temp.path, `${name}.yaml`);
  const made = spawnSync('sqlite3', [file], { input: sql });
  assert.equal(made.status, 0, String(made.stderr));
  const imported = run(['import', 'sqlite:' + file, '-o', model]);
  assert.equal(imported.code, 0, imported.err);
  const server = await serve(model, 'sqlite:' + file);
  const url = `${server.url}/rest/v1/`;
  const add = async (entity, body, status = 201) => {
    const answer = await call(url + entity, { method: 'POST', headers: { Prefer: 'return=representation' }, body });
    assert.equal(answer.status, status, `${entity}: ${answer.text}`);
    return answer.json[0] ?? answer.json;
  };
  try {
    await work({ add, get: async (path) => (await call(url + path)).json });
  } finally {
    await server.stop();
  }
}

test('keys of every kind are written, checked and embedded', options, () => served('keys', async ({ add, get }) => {
  await add('person', { CountryCode: 'de', Email: 'A@x' });
  assert.equal((await add('person', { CountryCode: 'xx', Email: 'b@x' }, 409)).code, '23503');
  await add('passport', { PersonId: 1, number: 'n' });
  await add('tag', { label: 'l' });
  await add('person_tag', { person_id: 1, tag_id: 1, since: '2024-01-01' });
  await add('visit', { person_id: 1, tag_id: 1, day: '2024-02-02' });
  assert.equal((await add('visit', { person_id: 1, tag_id: 2, day: '2024-02-02' }, 409)).code, '23503');
  await add('nation', { name: 'Germany' });
  assert.deepEqual(await get('visit?select=day,person_tag(since,tag(label),person(Email))'),
    [{ day: '2024-02-02', person_tag: { since: '2024-01-01', tag: { label: 'l' }, person: { Email: 'A@x' } } }]);
  assert.deepEqual(await get('country?select=Code,nations(id),persons_by_country_code(Email,passport(number),tags(label))'),
    [{ Code: 'de', nations: [{ id: 1 }], persons_by_country_code: [{ Email: 'A@x', passport: { number: 'n' }, tags: [{ label: 'l' }] }] }]);
}));

test('names that something reserves have another on the wire, all others their own', options, () => served('names', async ({ add, get }) => {
  const order = { limit_value: 3, order_value: 4, select_value: 's', true: 1, null: 'n', yes: 'y' };
  assert.deepEqual(await add('order', order), { id: 1, ...order });
  assert.deepEqual(await get('order?limit_value=eq.3&order=order_value.desc&limit=1'), [{ id: 1, ...order }]);
  const line = { 'Order No': 1, 'line:#1': 2, 'quote"d': null, "it's": 't', '{a}': 'b', 'ünï': 'u', '1st': null };
  assert.deepEqual(await add('order_line', line), line);
  assert.deepEqual(await get('order_line?select=*,order_no(id)'), [{ ...line, order_no: { id: 1 } }]);
}));

test('the database fills its defaults and keeps its checks', options, () => served('defaults', async ({ add, get }) => {
  const item = await add('item', { price: 1.5 });
  assert.deepEqual([item.name, item.bare, item.double, item.amount, item.price, item.active], ["it's", 'word', 'quoted', -1, 1.5, true]);
  assert.match(item.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal((await add('item', { price: -1 }, 400)).code, '23514');
  assert.deepEqual((await get('item?select=price&order=id&limit=3')).map((row) => row.price), [9.99, 10, 0.5]);
}));

test('rows without any value are never fewer than were sent', options, () => served('bare', async ({ add, get }) => {
  assert.equal((await add('genre', [{}, {}, {}], 400)).code, 'PGRST102');
  assert.equal((await add('genre', [], 400)).code, 'PGRST102');
  assert.deepEqual(await get('genre'), []);
  await add('genre', {});
  await add('genre', [{ name: null }, { name: null }]);
  assert.equal((await get('genre')).length, 3);
}, 'create table genre(id integer primary key, name text)'));
