// The command line as a user meets it: help, exit codes, messages that say what to do, files left whole.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run, serve, temporary, root, call, token } from './harness.mjs';

const temp = temporary();
after(() => temp.remove());
const shop = join(root, 'examples/shop/shop.yaml');
const saas = join(root, 'examples/saas/saas.yaml');

const plain = (name, text) => {
  const path = join(temp.path, name);
  writeFileSync(path, text);
  return path;
};
const notes = `kingpost: 1
system: notes
entities:
  note:
    fields:
      title: string(200)
    access:
      all: true
contracts:
  v1: {current: true}
`;

test('version, help and every command\'s help with an example', () => {
  assert.match(run(['--version']).out, /^kingpost \d+\.\d+\.\d+\n$/);
  const help = run(['--help']);
  assert.equal(help.code, 0);
  for (const name of ['init', 'check', 'fmt', 'schema', 'design', 'review', 'serve', 'token', 'seed', 'import', 'migrate', 'explain', 'completion']) {
    assert.match(help.out, new RegExp(`\\b${name}\\b`), name);
    const one = run([name, '--help']);
    assert.equal(one.code, 0);
    assert.match(one.out, /Example:\n\s+(source <\()?kingpost /, name);
  }
});

test('usage errors exit 2 and say how to get help', () => {
  for (const args of [[], ['bogus'], ['check'], ['serve', shop], ['migrate', 'sideways', shop, '--database', 'sqlite:x']]) {
    const result = run(args);
    assert.equal(result.code, 2, args.join(' '));
    assert.notEqual(result.err + result.out, '');
  }
});

test('the examples check without errors and are canonical', () => {
  for (const model of [shop, saas]) {
    const result = run(['check', model]);
    assert.equal(result.code, 0, result.err);
    assert.match(result.err, /0 errors/);
    assert.equal(run(['fmt', '--check', model]).code, 0);
  }
});

test('a mistake is shown with its place, in three formats, and exits 1', () => {
  const model = plain('wrong.yaml', notes.replace('string(200)', 'strin(200)').replace('all: true', 'all: has_rolle("x")'));
  const text = run(['check', model]);
  assert.equal(text.code, 1);
  assert.match(text.err, /wrong\.yaml:6:/);
  const json = JSON.parse(run(['check', model, '--format', 'json']).out);
  assert.ok(JSON.stringify(json).includes('"line":6') || JSON.stringify(json).includes('"line": 6'));
  assert.match(run(['check', model, '--format', 'github']).out, /^::error file=.*wrong\.yaml,line=6/m);
  assert.equal(run(['serve', model, '--database', 'sqlite:' + join(temp.path, 'none.db'), '--dev']).code, 1);
  assert.equal(existsSync(join(temp.path, 'none.db')), false);
});

test('missing and hostile files are refused in one sentence', () => {
  assert.equal(run(['check', join(temp.path, 'absent.yaml')]).code, 1);
  assert.equal(run(['check', temp.path]).code, 1);
  const huge = plain('huge.yaml', notes + '#' + 'x'.repeat(10 << 20));
  const result = run(['check', huge]);
  assert.equal(result.code, 1);
  assert.match(result.err, /model-too-large/);
  assert.equal(run(['check', plain('deep.yaml', 'a: ' + '['.repeat(100000))]).code, 1);
  assert.equal(run(['check', plain('binary.yaml', '\u0000\u0001')]).code, 1);
});

test('init makes a project that checks, once', () => {
  for (const template of ['blank', 'shop']) {
    const directory = join(temp.path, 'made-' + template);
    assert.equal(run(['init', directory, '--template', template]).code, 0);
    const model = join(directory, template === 'shop' ? 'shop.yaml' : 'model.yaml');
    assert.equal(run(['check', model]).code, 0);
    assert.equal(run(['fmt', '--check', model]).code, 0);
    assert.ok(JSON.parse(readFileSync(join(directory, 'kingpost.schema.json'), 'utf8')).$schema);
    const again = run(['init', directory]);
    assert.equal(again.code, 2);
    assert.match(again.err, /not an empty folder/);
  }
});

test('serve wants a secret, refuses weak ones and unexecuted safety features', () => {
  const model = plain('notes.yaml', notes);
  const database = 'sqlite:' + join(temp.path, 'secret.db');
  const without = run(['serve', model, '--database', database], { env: { PATH: process.env.PATH } });
  assert.equal(without.code, 2);
  assert.match(without.err, /KINGPOST_SECRET is not set/);
  const weak = run(['serve', model, '--database', database], { env: { PATH: process.env.PATH, KINGPOST_SECRET: 'secret' } });
  assert.equal(weak.code, 2);
  assert.match(weak.err, /32 bytes/);
  const unsafe = run(['serve', shop, '--database', database]);
  assert.equal(unsafe.code, 2);
  assert.match(unsafe.err, /order.*(audit|encrypted)/);
});

test('a taken port is said, and --next-port takes the next', async () => {
  const model = plain('port.yaml', notes);
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => holder.once('listening', done));
  const port = String(holder.address().port);
  const database = 'sqlite:' + join(temp.path, 'port.db');
  const refused = run(['serve', model, '--database', database, '--port', port]);
  assert.equal(refused.code, 2);
  assert.match(refused.err, new RegExp(port));
  const server = await serve(model, database, ['--dev', '--next-port', '--port', port]);
  assert.match(server.log(), /is taken/);
  assert.equal(await server.stop(), 0);
  holder.close();
});

test('while a file is served nobody else may write to it, and --dev warns', async () => {
  const model = plain('served.yaml', notes);
  const database = 'sqlite:' + join(temp.path, 'served.db');
  const server = await serve(model, database);
  assert.match(server.log(), /ADMINISTRATOR/);
  const migrate = run(['migrate', 'apply', model, '--database', database]);
  assert.notEqual(migrate.code, 0);
  assert.match(migrate.err, /stop/i);
  assert.notEqual(run(['seed', model, '--database', database]).code, 0);
  assert.notEqual(run(['serve', model, '--database', database, '--dev', '--port', '0']).code, 0);
  assert.equal(await server.stop(), 0);
  assert.equal(run(['migrate', 'apply', model, '--database', database]).code, 0);
});

test('--watch serves an additive change within a second and refuses another', async () => {
  const model = plain('watched.yaml', notes);
  const database = 'sqlite:' + join(temp.path, 'watched.db');
  const server = await serve(model, database, ['--dev', '--watch']);
  await call(server.url + '/rest/v1/note', { method: 'POST', body: { title: 'a' } });
  const begun = Date.now();
  writeFileSync(model, notes.replace('title: string(200)', 'title: string(200)\n      colour: string(20) optional'));
  let answer;
  do {
    answer = await call(server.url + '/rest/v1/note?select=title,colour');
    await new Promise((done) => setTimeout(done, 20));
  } while (answer.status !== 200 && Date.now() - begun < 5000);
  assert.deepEqual(answer.json, [{ title: 'a', colour: null }]);
  const took = Date.now() - begun;
  assert.ok(took < 3000, `${took} ms`);
  writeFileSync(model, notes.replace('title: string(200)', 'name: string(200)'));
  for (let i = 0; i < 100 && !/still serving/.test(server.log()); i += 1) await new Promise((done) => setTimeout(done, 50));
  assert.match(server.log(), /still serving/);
  assert.equal((await call(server.url + '/rest/v1/note?select=title,colour')).status, 200);
  assert.equal(await server.stop(), 0);
});

test('migrate status, plan and apply; a dangerous change is refused with advice', () => {
  const model = plain('migrate.yaml', notes);
  const database = 'sqlite:' + join(temp.path, 'migrate.db');
  assert.equal(run(['migrate', 'plan', model, '--database', database]).code, 0);
  assert.equal(run(['migrate', 'apply', model, '--database', database]).code, 0);
  assert.equal(run(['migrate', 'apply', model, '--database', database]).code, 0);
  const status = run(['migrate', 'status', model, '--database', database]);
  assert.equal(status.code, 0);
  writeFileSync(model, notes.replace('string(200)', 'int'));
  const plan = run(['migrate', 'plan', model, '--database', database]);
  assert.equal(plan.code, 1);
  assert.match(plan.out + plan.err, /note\.title/);
  assert.notEqual(run(['migrate', 'apply', model, '--database', database]).code, 0);
});

test('seed is plausible, deterministic and respects every constraint', () => {
  const tables = (path) => spawnSync('sqlite3', [path, 'select hex(id), sku, price, cost from product order by id; pragma foreign_key_check'], { encoding: 'utf8' }).stdout;
  const made = [1, 2].map((number) => {
    const path = join(temp.path, `seed${number}.db`);
    assert.equal(run(['migrate', 'apply', shop, '--database', 'sqlite:' + path]).code, 0);
    const result = run(['seed', shop, '--database', 'sqlite:' + path, '--rows', 'product=200,order=50']);
    assert.equal(result.code, 0, result.err);
    return tables(path);
  });
  assert.equal(made[0], made[1]);
  assert.equal(made[0].trim().split('\n').length, 200);
});

test('explain shows policy, SQL and query plan', () => {
  const result = run(['explain', shop, 'GET /rest/v1/product?select=sku,category(name)&limit=5', '--as', 'customer']);
  assert.equal(result.code, 0, result.err);
  for (const part of [/Policy of product/, /select/i, /Query plan/, /product/]) assert.match(result.out, part);
  assert.equal(run(['explain', shop, 'GET /rest/v1/nothing']).code, 2);
  assert.match(run(['explain', shop, 'GET /rest/v1/product', '--as', 'custmer']).err, /customer/);
});

test('completion scripts are accepted by bash', () => {
  const script = run(['completion', 'bash']).out;
  const done = spawnSync('bash', ['-c', script + '\nCOMP_WORDS=(kingpost serve --d); COMP_CWORD=2; _kingpost; echo "${COMPREPLY[@]}"'], { encoding: 'utf8' });
  assert.match(done.stdout, /--dev/);
  assert.match(run(['completion', 'fish']).out, /complete -c kingpost/);
});

test('tokens expire, roles bind, and anonymous callers get nothing that is not public', async () => {
  const model = join(temp.path, 'policy.yaml');
  writeFileSync(model, notes.replace('all: true', 'read: has_role("reader")').replace('entities:', 'roles:\n  reader:\n\nentities:'));
  const server = await serve(model, 'sqlite:' + join(temp.path, 'policy.db'), []);
  assert.equal((await call(server.url + '/rest/v1/note')).status, 401);
  assert.equal((await call(server.url + '/design/')).status, 404);
  assert.equal((await call(server.url + '/rest/v1/note', { bearer: token('reader') })).status, 200);
  assert.equal((await call(server.url + '/rest/v1/note', { bearer: token('writer') })).status, 401);
  assert.equal((await call(server.url + '/rest/v1/note', { bearer: 'a.b.c' })).status, 401);
  assert.equal((await call(server.url + '/rest/v1/note', { method: 'POST', bearer: token('reader'), body: { title: 'x' } })).status, 403);
  assert.equal(await server.stop(), 0);
});

test('the design is the same bytes twice, and works from disk', () => {
  const [first, second] = [1, 2].map((number) => join(temp.path, 'design' + number));
  for (const directory of [first, second]) assert.equal(run(['design', shop, '-o', directory]).code, 0);
  assert.equal(spawnSync('diff', ['-r', first, second]).status, 0);
  const site = readFileSync(join(first, 'index.html'), 'utf8');
  assert.ok(!/(src|href)="https?:/.test(site));
});
