// The life of a server: stopped under load, restarted, out of disk, without its file, without its database, with a wrong password.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { request, Agent } from 'node:http';
import { join } from 'node:path';
import { call, root, run, serve as start, temporary } from './harness.mjs';
import { cluster, missing, password } from './postgres_cluster.mjs';

const shop = join(root, 'examples/shop/shop.yaml');
const noPostgres = missing();
const temp = temporary();
const tmpfs = join(temp.path, 'small');
let postgres;
const started = [];
/// A server that a failed test does not leave behind.
async function serve(...args) {
  const server = await start(...args);
  started.push(server);
  return server;
}
before(async () => { if (!noPostgres) postgres = await cluster(); });
after(() => {
  for (const { child } of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  postgres?.remove();
  spawnSync('umount', [tmpfs]);
  temp.remove();
});

const category = (server) => server.url + '/rest/v1/category';
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/// Asks until `good` of the answer holds; what it was when it did.
async function until(url, good, within = 15000) {
  const end = Date.now() + within;
  for (;;) {
    const answer = await call(url).catch((error) => ({ status: 0, text: String(error.cause ?? error) }));
    if (good(answer)) return answer;
    assert.ok(Date.now() < end, `${url}: still ${answer.status} ${answer.text}`);
    await pause(50);
  }
}

/// One POST on a kept-alive connection: its status, 0 when it was refused or closed before a byte was answered.
function post(agent, url, name) {
  return new Promise((done, broken) => {
    const body = JSON.stringify({ name });
    const asked = request(url, { method: 'POST', agent, headers: { 'Content-Type': 'application/json', 'Content-Length': body.length } },
      (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode));
      response.on('error', broken);
    });
    asked.on('error', (error) => (['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code) ? done(0) : broken(error)));
    asked.end(body);
  });
}

/// Writes from ten connections, stops the server in their midst, starts it again: what was acknowledged is there.
async function stopUnderLoad(database) {
  let server = await serve(shop, database);
  const acknowledged = [];
  let unanswered = 0;
  let going = true;
  const writers = Array.from({ length: 10 }, async (_, writer) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; going; n += 1) {
      const name = `w${writer}-${n}`;
      const status = await post(agent, category(server), name);
      if (status === 201) acknowledged.push(name);
      else if (status === 0 || status === 503) { unanswered += 1; break; }
      else assert.fail(`status ${status}`);
    }
    agent.destroy();
  });
  await pause(400);
  const stopped = server.stop();
  await Promise.all(writers);
  going = false;
  assert.equal(await stopped, 0);
  assert.ok(acknowledged.length > 0);
  assert.ok(unanswered <= 10);
  server = await serve(shop, database);
  const stored = new Set((await call(category(server) + '?select=name&limit=1000')).json.map((row) => row.name));
  const total = Number((await call(category(server) + '?limit=1',
    { headers: { Prefer: 'count=exact' } })).headers.get('content-range').split('/')[1]);
  if (total <= 1000) for (const name of acknowledged) assert.ok(stored.has(name), `${name} was acknowledged and lost`);
  assert.ok(total >= acknowledged.length && total <= acknowledged.length + 10, `${total} rows, ${acknowledged.length} acknowledged`);
  assert.equal(await server.stop(), 0);
}

test('stopped under load, it loses no acknowledged write (SQLite)', () => stopUnderLoad('sqlite:' + join(temp.path, 'load.db')));
test('stopped under load, it loses no acknowledged write (PostgreSQL)', { skip: noPostgres }, () => stopUnderLoad(postgres.url('load')));

test('a full disk: reads go on, writes say 507 or 503, and room makes all well again', async (context) => {
  mkdirSync(tmpfs);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', tmpfs]).status !== 0) return context.skip('a tmpfs cannot be mounted here');
  const ballast = join(tmpfs, 'ballast');
  const server = await serve(shop, 'sqlite:' + join(tmpfs, 'shop.db'));
  try {
    assert.equal((await call(category(server), { method: 'POST', body: { name: 'first' } })).status, 201);
    spawnSync('dd', ['if=/dev/zero', 'of=' + ballast, 'bs=4096']);
    const text = 'x'.repeat(60);
    let refused;
    for (let n = 0; n < 40 && !refused; n += 1) {
      const answer = await call(category(server), { method: 'POST', body: Array.from({ length: 200 }, (_, i) => ({ name: `${n}-${i}-${text}` })) });
      if (answer.status !== 201) refused = answer;
    }
    assert.ok(refused, 'the disk never filled');
    assert.ok([507, 503].includes(refused.status), `${refused.status} ${refused.text}`);
    assert.ok(!refused.text.includes(tmpfs), refused.text);
    assert.equal((await call(category(server) + '?name=eq.first')).json.length, 1);
    unlinkSync(ballast);
    let answer;
    for (let n = 0; n < 60 && answer?.status !== 201; n += 1) {
      answer = await call(category(server), { method: 'POST', body: { name: 'after' } });
      if (answer.status !== 201) await pause(100);
    }
    assert.equal(answer.status, 201, answer.text);
  } finally {
    assert.equal(await server.stop(), 0);
    spawnSync('umount', [tmpfs]);
  }
});

/// `serve` ends by itself, with a code, one clear line and no stack.
function refuses(database, pattern) {
  const ended = run(['serve', shop, '--dev', '--port', '0', '--database', database], { timeout: 20000 });
  assert.notEqual(ended.code, 0, ended.err);
  assert.notEqual(ended.code, null, 'it did not end by itself: ' + ended.err);
  assert.match(ended.err, pattern);
  assert.doesNotMatch(ended.err, /terminate called|std::|Assertion|Segmentation/);
  return ended.err;
}

test('what is no database, or cannot be opened, is said at the start', () => {
  const text = join(temp.path, 'text.db');
  writeFileSync(text, 'This is a letter, not a database. '.repeat(200));
  refuses('sqlite:' + text, /not a database|damaged/i);
  refuses('sqlite:' + join(temp.path, 'none/such/folder/x.db'), /cannot be opened|no such|does not exist|unable to open|folder/i);
  refuses('sqlite:' + temp.path, /cannot be opened|directory|folder|unable to open/i);
  refuses('mysql://x/y', /sqlite:|postgres:/);
  refuses('', /sqlite:|postgres:/);
});

test('a database that may only be read is said at the start or refuses writes', async (context) => {
  if (process.getuid() === 0) return context.skip('root may write everywhere');
  const folder = join(temp.path, 'locked');
  mkdirSync(folder);
  const file = join(folder, 'shop.db');
  await (await serve(shop, 'sqlite:' + file)).stop();
  chmodSync(file, 0o444);
  chmodSync(folder, 0o555);
  try { refuses('sqlite:' + file, /read-only|cannot be opened|readonly|permission/i); } finally { chmodSync(folder, 0o755); }
});

test('a database file that is deleted while it is served is not lost quietly', async () => {
  const file = join(temp.path, 'deleted.db');
  const server = await serve(shop, 'sqlite:' + file);
  assert.equal((await call(category(server), { method: 'POST', body: { name: 'a' } })).status, 201);
  rmSync(file);
  const answer = await call(category(server), { method: 'POST', body: { name: 'b' } });
  assert.equal(answer.status, 503, answer.text);
  assert.equal(answer.json.code, 'kp-database-io');
  assert.ok(!answer.text.includes(temp.path), answer.text);
  await until(server.url + '/health/ready', (seen) => seen.status === 503);
  assert.equal((await call(server.url + '/health/live')).status, 200);
});

test('PostgreSQL down at the start, unknown, or with a wrong password: one clear line without the password', { skip: noPostgres }, async () => {
  refuses('postgres://postgres@127.0.0.1:1/none', /does not answer|refused/i);
  refuses(postgres.address('no_such_database'), /does not exist/i);
  postgres.askPasswords();
  await pause(300);
  const database = postgres.address('postgres', 'guarded').replace('guarded@', 'guarded:wr0ng-pass@');
  assert.doesNotMatch(refuses(database, /password authentication failed|does not answer/i), /wr0ng-pass/);
  for (const url of [database.replace('/postgres', '/postgres?nonsense=wr0ng-pass'), 'postgres://guarded:wr0ng-pass@[::1/x']) {
    assert.doesNotMatch(refuses(url, /./), /wr0ng-pass/);
  }
  assert.doesNotMatch(refuses(postgres.address('postgres', 'guarded'), /password|does not answer/i), /wr0ng-pass/);
});

test('PostgreSQL down while it is served: 503 within the deadline, unready, then all well again', { skip: noPostgres }, async () => {
  postgres.sql('create database down');
  const database = postgres.address('down', 'guarded').replace('guarded@', `guarded:${password}@`);
  const server = await serve(shop, database);
  assert.ok(!server.log().includes(password));
  assert.equal((await call(category(server), { method: 'POST', body: { name: 'before' } })).status, 201);
  postgres.stop('immediate');
  for (const options of [{}, { method: 'POST', body: { name: 'during' } }]) {
    const answer = await call(category(server), options);
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.headers.get('retry-after'), '1');
    assert.equal(answer.json.code, 'kp-database-down');
    for (const secretText of ['guarded', '127.0.0.1', String(postgres.port), password]) assert.ok(!answer.text.includes(secretText), answer.text);
  }
  await until(server.url + '/health/ready', (answer) => answer.status === 503);
  assert.equal((await call(server.url + '/health/live')).status, 200);
  postgres.start();
  await until(category(server) + '?name=eq.before', (answer) => answer.status === 200 && answer.json.length === 1);
  await until(server.url + '/health/ready', (answer) => answer.status === 200);
  assert.equal((await call(category(server), { method: 'POST', body: { name: 'afterwards' } })).status, 201);
  assert.deepEqual((await call(category(server) + '?name=eq.during')).json, []);
  assert.equal(await server.stop(), 0);
  assert.ok(!server.log().includes(password));
});
