// The suite that `design` writes for testers, run against our own server: everything passes. Through a proxy that does one thing wrong: it fails.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer, request } from 'node:http';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { binary, call, root, run, secret, serve, temporary, token } from './harness.mjs';
import { cluster, missing } from './postgres_cluster.mjs';

const place = temporary();
after(() => place.remove());
const model = (name) => join(place.path, `${name}.yaml`);
const designs = {};
for (const name of ['shop', 'saas']) {
  // Only with --dev does the server take a model that asks for audit and encryption, and there nobody in particular may do everything.
  const text = readFileSync(join(root, 'examples', name, `${name}.yaml`), 'utf8');
  writeFileSync(model(name), text.replace(/^ +(audit|encrypted): true\n/gm, ''));
  designs[name] = join(place.path, 'design-' + name);
  const done = run(['design', model(name), '-o', designs[name]]);
  assert.equal(done.code, 0, done.err);
}
const program = join(designs.shop, 'contract-tests/run.mjs');

/// Runs the program; it must not share this process's loop with the proxy.
function suite(name, url, args) {
  return new Promise((accept) => {
    const child = spawn(process.execPath, [join(designs[name], 'contract-tests/run.mjs'), '--url', url, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (chunk) => { out += chunk; });
    child.stderr.on('data', (chunk) => { out += chunk; });
    child.once('exit', (code) => {
      const sums = /: (\d+) passed, (\d+) failed, (\d+) skipped; (\d+) requests, (\d+) of (\d+) created/.exec(out) ?? [];
      const [passed, failed, skipped, requests, removed, made] = sums.slice(1).map(Number);
      accept({ code, out, passed, failed, skipped, requests, removed, made });
    });
  });
}

/// A token that was good until a moment ago; `kingpost token` makes none.
function expired(role) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = part({ alg: 'HS256', typ: 'JWT' }) + '.' + part({ role, iat: 1, exp: Math.floor(Date.now() / 1000) - 3600 });
  return text + '.' + createHmac('sha256', secret).update(text).digest('base64url');
}

/// A database with rows, and the callers that its rows allow: somebody without a cart, and a second customer; two tenants.
async function world(name, database) {
  for (const args of [['migrate', 'apply'], ['seed']]) {
    const more = args[0] === 'seed' && name === 'shop' ? ['--rows', 'cart=10,user=20,product=60'] : [];
    const done = run([...args, model(name), '--database', database, ...more]);
    assert.equal(done.code, 0, done.err);
  }
  const admin = await serve(model(name), database, ['--dev']);
  const all = async (path) => (await call(`${admin.url}/rest/v1/${path}`)).json;
  const users = (await all('user?select=id')).map((one) => one.id);
  const tenants = name === 'saas' ? (await all('organisation?select=id')).map((one) => one.id) : [];
  const carts = name === 'shop' ? (await all('cart?select=customer_id')).map((one) => one.customer_id) : [];
  await admin.stop();
  const [one, two, three] = users.filter((user) => !carts.includes(user));
  assert.ok(three, 'three users without a cart');
  const as = (role, user, tenant) => `${role}=${token(role, user, tenant ? ['--tenant', tenant] : [])}`;
  const roles = name === 'shop' ? { customer: one, merchant: two, support: one } : { agent: one, manager: two };
  const args = Object.entries(roles).flatMap(([role, user]) => ['--token', as(role, user, tenants[0])]);
  const others = name === 'shop' ? ['customer'] : ['agent', 'manager'];
  args.push(...others.flatMap((role) => ['--other', as(role, three, tenants[1])]), '--expired', expired(Object.keys(roles)[0]));
  return { args, server: await serve(model(name), database, []) };
}

/// What one caller of a role sends as Authorization.
const bearer = ({ args }, role, flag) => 'Bearer ' + args.find((word, at) => word.startsWith(role + '=') && args[at - 1] === flag).slice(role.length + 1);
const mixesUp = { ask: (given, callers) => { if (given.headers.authorization === callers.second) given.headers.authorization = callers.first; } };

/// What may be skipped, and why; anything else is a hole.
const excuses = [
  /^commands are asked with --commands$/,
  /^no token for anybody who creates \w+$/,
  /^no second caller: --other (merchant|support)=JWT$/,
  /^not enough rows of \w+ that \w+ sees( with \w+)?$/,
];

function green(result, least, what) {
  assert.equal(result.code, 0, `${what}\n${result.out.slice(0, 6000)}`);
  assert.equal(result.failed, 0, what);
  assert.ok(result.passed >= least, `${what}: ${result.passed} passed\n${result.out}`);
  for (const [, why] of result.out.matchAll(/^skipped \d+: (.*)$/gm)) assert.ok(excuses.some((one) => one.test(why)), `${what} skips: ${why}`);
}

const shop = await world('shop', `sqlite:${join(place.path, 'shop.db')}`);
after(() => shop.server.stop());

test('the shop over SQLite passes, in both contracts', async () => {
  green(await suite('shop', shop.server.url, shop.args), 780, 'shop');
  green(await suite('shop', shop.server.url, [...shop.args, '--contract', 'v1']), 780, 'shop v1');
});

test('the help desk over SQLite passes, its tenants apart', async () => {
  const desk = await world('saas', `sqlite:${join(place.path, 'saas.db')}`);
  try {
    const result = await suite('saas', desk.server.url, [...desk.args, '--report', join(place.path, 'saas.json')]);
    green(result, 560, 'saas');
    const report = JSON.parse(readFileSync(join(place.path, 'saas.json'), 'utf8'));
    const isolated = report.cases.filter((one) => one.id.includes('/isolation/'));
    assert.ok(isolated.filter((one) => one.outcome === 'passed').length >= 4, JSON.stringify(isolated));
    const faulty = await proxy(desk.server.url, mixesUp, { first: bearer(desk, 'agent', '--token'), second: bearer(desk, 'agent', '--other') });
    try {
      const leak = await suite('saas', faulty.url, [...desk.args, '--only', 'isolation/agent']);
      assert.match(leak.out, /FAILED ticket\/isolation\/agent /, 'one tenant for the other');
    } finally {
      await faulty.stop();
    }
  } finally {
    await desk.server.stop();
  }
});

test('both over PostgreSQL pass', { skip: missing() && `PostgreSQL is NOT tested here: ${missing()}` }, async () => {
  const postgres = await cluster();
  try {
    for (const [name, least] of [['shop', 780], ['saas', 560]]) {
      const given = await world(name, postgres.url('suite_' + name));
      try { green(await suite(name, given.server.url, given.args), least, `${name} on PostgreSQL`); } finally { await given.server.stop(); }
    }
  } finally {
    postgres.remove();
  }
});

test('the mock passes, commands included', async () => {
  for (const [name, least] of [['shop', 780], ['saas', 560]]) {
    const child = spawn(binary, ['serve', model(name), '--mock', '--port', '0', '--threads', '1'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: place.path, KINGPOST_SECRET: secret } });
    let text = '';
    const ready = new Promise((accept, reject) => {
      const look = (chunk) => { text += chunk; if (/health\/ready/.test(text) && /TOKEN_/.test(text)) accept(); };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('exit', () => reject(new Error(text)));
    });
    try {
      await ready;
      const url = /health\s+(http:\/\/\S+)\/health\/ready/.exec(text)[1];
      const tokens = [...text.matchAll(/^export TOKEN_(\w+)=(\S+)$/gm)].flatMap(([, role, jwt]) => ['--token', `${role.toLowerCase()}=${jwt}`]);
      const result = await suite(name, url, [...tokens, '--commands']);
      assert.equal(result.code, 0, result.out);
      assert.ok(result.passed >= least, result.out);
      assert.ok(!/commands are asked/.test(result.out));
    } finally {
      await new Promise((done) => { child.once('exit', done); child.kill('SIGTERM'); });
    }
  }
});

const shell = spawnSync('sqlite3', ['--version']).status === 0;

test('names and values that a query string could misread pass', { skip: !shell && 'the sqlite3 shell is not installed' }, async () => {
  const file = join(place.path, 'odd.db');
  const made = spawnSync('sqlite3', [file], { encoding: 'utf8', input: `
    create table "Order Items" ("Id" integer primary key, "a,b" text not null, "x.y(z)" integer, "select" text unique, "order" real, "größe" text,
      "limit" numeric, "quo""te" blob, "when" date, "ts" timestamp, flag boolean not null default 0);
    create table "Pair" ("l" integer not null references "Order Items"("Id"), "r" text not null, n decimal(6,2) default 1.5, primary key (l, r));
    insert into "Order Items" values (1, 'q', 3, 's', 1.5, 'u', 2, x'0102', '2024-01-01', '2024-01-01 10:00:00', 1),
      (2, 'w', null, 't', null, null, 7, null, null, null, 0), (3, 'w,"(.)*:', -5, '', -0.25, 'ü ß', 1, x'', '1999-12-31', '1999-12-31 23:59:59.5', 0);
    insert into "Pair" values (1, 'x', 2.25), (2, 'y', null), (1, 'a,b.(c)"', 3);` });
  assert.equal(made.status, 0, made.stderr);
  assert.equal(run(['import', 'sqlite:' + file, '-o', model('imported')]).code, 0);
  const [head, body] = readFileSync(model('imported'), 'utf8').split('\nentities:\n');
  const parts = `\n${body}`.split(/\n(?=  [a-z_0-9]+:\n)/).filter((part) => part.trim() !== '');
  const access = '\n    access:\n      read: true\n      write: has_role("staff")\n';
  writeFileSync(model('odd'), `${head}\nroles:\n  staff:\n  clerk:\nentities:\n${parts.map((part) => part.trimEnd() + access).join('\n')}`);
  designs.odd = join(place.path, 'design-odd');
  const designed = run(['design', model('odd'), '-o', designs.odd]);
  assert.equal(designed.code, 0, designed.err);
  const server = await serve(model('odd'), 'sqlite:' + file, []);
  try {
    const user = '018cc251-f400-74b9-a406-d6a62e7139c5';
    // For a key that the imported file counts, null means: make one. The OpenAPI document does not say so.
    const result = await suite('odd', server.url, ['--token', `staff=${token('staff', user)}`, '--token', `clerk=${token('clerk', user)}`, '--expired', expired('staff'), '--except', 'create/Id/null']);
    green(result, 330, 'odd names');
    assert.match(result.out, /^not run: 1 cases/m);
  } finally {
    await server.stop();
  }
});

test('what it created is gone', async () => {
  const result = await suite('shop', shop.server.url, [...shop.args, '--only', 'product/', '--only', 'cart']);
  assert.equal(result.code, 0, result.out);
  assert.ok(result.made > 30);
  assert.equal(result.removed, result.made, result.out);
});

// --- a server that does one thing wrong -------------------------------------------------------------------------------------------------
const rows = (body, change) => { const parsed = JSON.parse(body); if (Array.isArray(parsed)) parsed.forEach(change); return JSON.stringify(parsed); };
const without = (name) => ({ answer: (given) => { delete given.headers[name]; } });
const query = (change) => ({ ask: (given) => { const url = new URL(given.path, 'http://x'); change(url.searchParams, given); given.path = url.pathname + url.search; } });
const isRows = (given) => given.status < 300 && given.body.startsWith('[');
const reserved = new Set(['limit', 'offset', 'order', 'select', 'cursor', 'columns', 'or', 'and']);

/// Each with a case that has to notice.
const mutations = {
  'drops ETag': [without('etag'), 'product/list'],
  'drops Content-Range': [without('content-range'), 'product/limit-1'],
  'drops Link': [without('link'), 'product/walk'],
  'drops the cross-origin header': [without('access-control-allow-origin'), 'contract/cross-origin'],
  'drops Preference-Applied': [without('preference-applied'), 'product/count'],
  'drops Location': [without('location'), 'product/create/location'],
  'answers denied writes with 200': [{ answer: (given) => { if (given.method !== 'GET' && [401, 403].includes(given.status)) Object.assign(given, { status: 200, body: '[]' }); } }, 'product/access/customer/create'],
  'answers denied reads with nothing': [{ answer: (given) => { if (given.method === 'GET' && [401, 403].includes(given.status)) Object.assign(given, { status: 200, body: '[]' }); } }, 'cart/access/(anonymous)/read'],
  'shows a hidden column': [{ answer: (given) => { if (isRows(given) && given.path.includes('/product?limit=5')) given.body = rows(given.body, (row) => { row.cost = 1; }); } }, 'product/hidden/customer/cost'],
  'shows a column that nobody knows': [{ answer: (given) => { if (isRows(given)) given.body = rows(given.body, (row) => { row.internal = 'x'; }); } }, 'product/list'],
  'forgets a column': [{ answer: (given) => { if (isRows(given)) given.body = rows(given.body, (row) => { delete row.sku; }); } }, 'product/list'],
  'lets a hidden column be filtered': [query((params, given) => { if (given.method === 'GET' && /^is\./.test(params.get('cost') ?? '')) params.delete('cost'); }), 'product/hidden/customer/cost'],
  'ignores limit': [query((params) => params.delete('limit')), 'product/limit-1'],
  'ignores offset': [query((params) => params.delete('offset')), 'product/page-beyond'],
  'ignores order': [query((params) => params.delete('order')), 'product/order/price'],
  'ignores filters': [query((params, given) => { if (given.method === 'GET') for (const name of [...params.keys()]) if (!reserved.has(name)) params.delete(name); }), 'product/by-key'],
  'creates with 200': [{ answer: (given) => { if (given.status === 201) given.status = 200; } }, 'product/create/required-only'],
  'writes a number as text': [{ answer: (given) => { if (isRows(given)) given.body = given.body.replace(/"price":([\d.]+)/g, '"price":"$1"'); } }, 'product/list'],
  'rounds what it stores': [{ answer: (given) => { if (given.method === 'POST' && isRows(given)) given.body = given.body.replace(/"price":\d+(\.\d+)?/g, '"price":7'); } }, 'product/create/required-only'],
  'calls a problem JSON': [{ answer: (given) => { if (given.status >= 400) given.headers['content-type'] = 'application/json'; } }, 'product/unknown-column'],
  'leaves the code out of a problem': [{ answer: (given) => { if (given.status >= 400) given.body = given.body.replace(/"code":"[^"]*",/, ''); } }, 'product/unknown-column'],
  'takes what is beyond a bound': [{ answer: (given) => { if (given.method === 'POST' && given.status === 400 && given.body.includes('23514')) Object.assign(given, { status: 201, body: '[]' }); } }, 'product/create/price/beyond-min'],
  'fails on long texts': [{ answer: (given) => { if (given.method === 'POST' && given.sent.length > 300) Object.assign(given, { status: 400, body: '{}' }); } }, 'product/create/name/at-max-length'],
  'forgets idempotency keys': [{ ask: (given) => { delete given.headers['idempotency-key']; } }, 'product/create/idempotent'],
  'forgets If-Match': [{ ask: (given) => { delete given.headers['if-match']; } }, 'product/update/if-match-stale'],
  'forgets If-None-Match': [{ ask: (given) => { delete given.headers['if-none-match']; } }, 'product/not-modified'],
  'takes bad tokens for nobody': [{ ask: (given) => { const text = given.headers.authorization ?? ''; if (text.length < 60 || text.endsWith('.')) delete given.headers.authorization; } }, 'contract/token-garbage'],
  'takes unsigned tokens': [{ ask: (given) => { if ((given.headers.authorization ?? '').endsWith('.')) delete given.headers.authorization; } }, 'contract/token-none'],
  'deletes nothing': [{ ask: (given) => { if (given.method === 'DELETE') given.path = given.path.replace(/eq\.[0-9a-f]{8}/, 'eq.00000000'); } }, 'product/delete/by-key'],
  'changes everybody\'s rows': [query((params, given) => { if (given.method === 'PATCH' && [...params.keys()].length === 0) params.set('sku', 'eq.none'); }), 'product/update/without-filter'],
  'takes every media type': [{ ask: (given) => { if (given.headers['content-type']) given.headers['content-type'] = 'application/json'; } }, 'product/create/media-type'],
  'knows no 406': [{ ask: (given) => { given.headers.accept = 'application/json'; } }, 'product/not-acceptable'],
  'takes the second caller for the first': [mixesUp, 'cart/isolation/customer'],
};

/// Forwards to the server, and does what `mutation` says to questions and answers.
function proxy(target, mutation, callers) {
  const server = createServer((question, reply) => {
    const chunks = [];
    question.on('data', (chunk) => chunks.push(chunk));
    question.on('end', () => {
      const given = { method: question.method, path: question.url, headers: { ...question.headers }, sent: Buffer.concat(chunks).toString() };
      mutation.ask?.(given, callers);
      const onward = request(new URL(given.path, target), { method: given.method, headers: given.headers }, (answer) => {
        const parts = [];
        answer.on('data', (chunk) => parts.push(chunk));
        answer.on('end', () => {
          const back = { ...given, status: answer.statusCode, headers: { ...answer.headers }, body: Buffer.concat(parts).toString() };
          if (given.method !== 'HEAD' && given.method !== 'OPTIONS') mutation.answer?.(back);
          else if (mutation.answer && !back.body) { const kept = back.body; mutation.answer(back); back.body = kept; }
          delete back.headers['content-length'];
          delete back.headers['transfer-encoding'];
          reply.writeHead(back.status, back.headers);
          reply.end([204, 304].includes(back.status) ? undefined : back.body);
        });
      });
      onward.on('error', () => reply.destroy());
      onward.end(Buffer.concat(chunks));
    });
  });
  return new Promise((accept) => server.listen(0, '127.0.0.1', () => accept({ url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => { server.close(done); server.closeAllConnections?.(); }) })));
}

const callers = { first: bearer(shop, 'customer', '--token'), second: bearer(shop, 'customer', '--other') };

/// The cases about one entity, about tokens, and about carts' owners.
const some = ['--only', 'product/', '--only', 'contract/', '--only', 'cart/access', '--only', 'cart/isolation'];

test('through a proxy that changes nothing it passes', async () => {
  const honest = await proxy(shop.server.url, {}, callers);
  try { green(await suite('shop', honest.url, [...shop.args, ...some]), 200, 'honest proxy'); } finally { await honest.stop(); }
});

for (const [what, [mutation, noticed]] of Object.entries(mutations)) {
  test(`a server that ${what} fails ${noticed}`, async () => {
    const faulty = await proxy(shop.server.url, mutation, callers);
    try {
      const result = await suite('shop', faulty.url, [...shop.args, '--only', noticed]);
      assert.equal(result.code, 1, result.out);
      assert.ok(result.out.includes(`FAILED ${noticed} `), result.out);
      assert.match(result.out, /curl -i/);
    } finally {
      await faulty.stop();
    }
  });
}

test('no case passes whatever the server says', async () => {
  const problem = (status, code) => JSON.stringify({ type: 'about:blank', title: 't', status, detail: 'd', instance: '/', code, message: 'd', details: null, hint: null });
  const answers = {
    nothing: [200, 'application/json', '[]'], refusal: [400, 'application/problem+json', problem(400, 'PGRST100')],
    denial: [403, 'application/problem+json', problem(403, '42501')], unknown: [404, 'application/problem+json', problem(404, 'PGRST205')],
  };
  const passes = new Map();
  let cases = 0;
  for (const [name, [status, type, body]] of Object.entries(answers)) {
    const server = createServer((question, reply) => { question.resume(); question.on('end', () => { reply.writeHead(status, { 'content-type': type }); reply.end(question.method === 'HEAD' ? undefined : body); }); });
    await new Promise((accept) => server.listen(0, '127.0.0.1', accept));
    const report = join(place.path, `dumb-${name}.json`);
    const result = await suite('shop', `http://127.0.0.1:${server.address().port}`, [...shop.args, '--commands', '--report', report]);
    server.closeAllConnections?.();
    await new Promise((done) => server.close(done));
    assert.equal(result.code, 1, name);
    assert.ok(result.failed > 50, `${name}: ${result.failed} failed`);
    const all = JSON.parse(readFileSync(report, 'utf8')).cases;
    cases = all.length;
    for (const one of all) if (one.outcome === 'passed') passes.set(one.id, [...(passes.get(one.id) ?? []), name]);
  }
  const hollow = [...passes].filter(([, names]) => names.includes('nothing') && names.length > 1);
  assert.deepEqual(hollow, [], 'a case that takes rows and a refusal for the same asks nothing');
  assert.ok(passes.size < cases, 'some pass nowhere here');
});

test('its own validator agrees with ajv', { skip: !existsSync(join(root, 'tests/judges/node_modules/ajv')) && 'npm ci was not run in tests/judges' }, async () => {
  const need = createRequire(join(root, 'tests/judges/' + 'package.json'));
  const Ajv = need('ajv/dist/2020').default;
  const formats = need('ajv-formats').default;
  const { validate } = await import(pathToFileURL(program).href);
  const document = JSON.parse(readFileSync(join(designs.shop, 'openapi/v2.json'), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: false, unicodeRegExp: true });
  formats(ajv);
  ajv.addSchema({ $id: 'https://example.com/document', ...document });
  const samples = [null, true, 0, -1, 1.5, 1e12, 'x', '', '😀'.repeat(64), '😀'.repeat(65), 'a\u0000b', [], {}, [1], { a: 1 }, '2026-02-28', '2026-02-29', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123456+02:00',
    '2026-01-01 00:00:00', '018f5b2e-0000-7000-8000-000000000001', '018F5B2E-0000-7000-8000-00000000000G', 'placed', 9223372036854775807, 99999999999.99, -0.01];
  let compared = 0;
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const judge = ajv.compile({ $ref: `https://example.com/document#/components/schemas/${name}` });
    const same = (value) => {
      ++compared;
      const ours = validate(document, { $ref: `#/components/schemas/${name}` }, value);
      assert.equal(ours.length === 0, judge(value), `${name} ${JSON.stringify(value).slice(0, 200)}: ${ours.join('; ')} / ${ajv.errorsText(judge.errors)}`);
    };
    samples.forEach(same);
    const whole = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([property, rule]) => [property, rule.enum?.[0] ?? { uuid: samples[20], 'date-time': samples[17] }[rule.format] ?? { integer: 1, number: 1, boolean: true, string: 'a', array: [], null: null }[[rule.type].flat()[0]] ?? null]));
    same(whole);
    for (const property of Object.keys(whole)) {
      for (const value of samples) same({ ...whole, [property]: value });
      const { [property]: left, ...rest } = whole;
      same(rest);
    }
    same({ ...whole, another_: 1 });
  }
  const forms = [{ type: 'string', format: 'date' }, { type: 'string', format: 'time' }, { type: 'string', format: 'date-time' }, { type: 'string', format: 'uuid' }, { type: 'string', format: 'duration' }, { type: ['integer', 'null'], minimum: 1, exclusiveMaximum: 5 },
    { anyOf: [{ type: 'string', minLength: 2 }, { const: 5 }] }, { oneOf: [{ type: 'number' }, { type: 'integer' }] }, { not: { type: 'string' } }, { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2 }, { additionalProperties: { type: 'string' } }, { allOf: [{ required: ['a'] }, { type: 'object' }] }, { enum: [1, null, 'x', [1]] }];
  const more = [...samples, 'P1D', 'PT1H', 'P', 'PT', 'P1Y2M', 'P1W', '12:00:00Z', '23:59:59.5+01:00', '25:00:00Z', 5, 4, [1, 2], [1, 2, 3], ['x'], { a: 'x' }, { a: 1, b: 2 }];
  for (const form of forms) {
    const judge = ajv.compile(form);
    for (const value of more) {
      ++compared;
      assert.equal(validate(form, form, value).length === 0, judge(value), `${JSON.stringify(form)} ${JSON.stringify(value)}`);
    }
  }
  assert.ok(compared > 2000, String(compared));
});

test('wrong usage, a server that is not there, the list and the reports', async () => {
  const contract = ['--contract', 'v2'];
  assert.equal((await suite('shop', 'http://127.0.0.1:9', contract)).code, 3);
  for (const args of [['--contract', 'v9'], ['--nonsense', '1'], ['--token', 'nobody=a.b.c'], ['--token', 'x'], ['--timeout-ms', 'soon'], ['--only', 'no such case']]) {
    assert.equal((await suite('shop', shop.server.url, args)).code, 2, args.join(' '));
  }
  const listed = await suite('shop', shop.server.url, ['--list', '--kind', 'authorisation']);
  assert.match(listed.out, /^product\/access\/customer\/create\tauthorisation$/m);
  const report = join(place.path, 'junit.xml');
  const done = await suite('shop', shop.server.url, [...shop.args, '--only', 'product/limit', '--report', report]);
  assert.equal(done.code, 0, done.out);
  assert.match(readFileSync(report, 'utf8'), /<testsuite name="shop v2" tests="7" failures="0" skipped="0">/);
  const read = await suite('shop', shop.server.url, [...shop.args, '--read-only']);
  assert.equal(read.code, 0, read.out);
  assert.equal(read.made, 0);
});
