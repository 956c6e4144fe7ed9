// Bad input over both databases: the documented 4xx with its code, the same on each, nothing half written, the server alive.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { root, token } from './harness.mjs';
import { pair } from './pair.mjs';

const id = (n) => '018f0000-0000-7000-8000-' + n.toString(16).padStart(12, '0');
const bob = id(0xb1);
const bearer = token('merchant', bob);
const first = `product?id=eq.${id(0xd1)}`;
let shop;

before(async () => {
  shop = await pair(join(root, 'examples/shop/shop.yaml'), { tokens: { merchant: bearer, anonymous: 'sb_publishable_test' } });
  await shop.expect('admin', 'user', { method: 'POST', body: { id: bob, email: 'bob@example.com' } }, 201);
  await shop.expect('merchant', 'category', { method: 'POST', body: [{ id: id(0xc1), name: 'Books' }, { id: id(0xc2), name: 'Tools' }] }, 201);
  const rows = [1, 2, 3, 4, 5].map((n) => ({ id: id(0xd0 + n), sku: 'S' + n, name: 'Thing ' + n, price: 10 + n, category_id: id(0xc1 + (n % 2)),
    attributes: { a: { b: n }, list: [1, 2] } }));
  await shop.expect('merchant', 'product', { method: 'POST', body: rows }, 201);
});
after(() => shop?.stop());

/// Runs `questions`, then makes sure that not one row was changed and both servers live.
async function unchanged(questions) {
  const state = async () => JSON.stringify([(await shop.ask('admin', 'product?order=id')).json, (await shop.ask('admin', 'category?order=id')).json]);
  const before = await state();
  await questions();
  assert.equal(await state(), before);
  await shop.expect('anonymous', '/health/ready', {}, 200);
}

test('values of the wrong type, range or length are refused', () => unchanged(async () => {
  const good = { sku: 'N', name: 'n', price: 1, category_id: id(0xc1) };
  for (const [wrong, code] of [
    [{ price: 'x' }, '22P02'], [{ price: 1e40 }, '22003'], [{ price: '1e400' }, '22003'], [{ price: 12345678901234 }, '22003'],
      [{ price: 1.005 }, '22003'],
    [{ price: 'NaN' }, '22P02'], [{ price: 'Infinity' }, '22P02'], [{ price: true }, '22P02'], [{ price: [1] }, '22P02'], [{ price: {} }, '22P02'],
      [{ price: null }, '23502'],
    [{ price: -1 }, '23514'], [{ id: 'x' }, '22P02'], [{ id: 1 }, '22P02'], [{ id: `{${id(1)}}` }, '22P02'], [{ category_id: 'zzz' }, '22P02'],
      [{ category_id: id(0xdead) }, '23503'],
    [{ name: {} }, '22P02'], [{ name: 'a\u0000b' }, '22021'], [{ name: 'x'.repeat(201) }, '22001'], [{ name: '😀'.repeat(201) }, '22001'],
      [{ attributes: { a: '\u0000' } }, undefined],
    [{ created_at: '2020-01-01T00:00:00Z' }, '428C9'], [{ on_offer: true }, '428C9'], [{ none: 1 }, 'PGRST204'],
      [{ 'a";drop table product;--': 1 }, 'PGRST204'], [{ '': 1 }, 'PGRST204'],
    [{ cost: 2 }, '23514'],
  ]) {
    const answer = await shop.expect('merchant', 'product', { method: 'POST', body: { ...good, ...wrong } }, code === '23503' ? 409 : 400, code,
      true);
    assert.doesNotMatch(answer.text, /drop table product;--' of/);
    if (!('id' in wrong) && !('cost' in wrong)) await shop.expect('merchant', first, { method: 'PATCH', body: wrong }, answer.status,
      answer.json.code, true);
  }
}));

test('bodies that are no rows are refused', () => unchanged(async () => {
  const bodies = [
    '', ' ', '{', 'null', '1', '"x"', '[1]', '[null]', '[[]]', '{"sku":"a",}', '{"price":00}', '{"price":1} x', '{"sku":"a","sku":"b"}',
      '[{"sku":"a"},{"name":"b"}]', '[{},[]]',
    '{"name":"\\ud800"}', '['.repeat(50) + ']'.repeat(50), '{"a":'.repeat(40) + '1' + '}'.repeat(40),
      '{"attributes":' + '['.repeat(40) + ']'.repeat(40) + '}',
  ];
  for (const body of bodies) {
    await shop.expect('merchant', 'product', { method: 'POST', body }, 400, 'PGRST102');
    await shop.expect('merchant', first, { method: 'PATCH', body }, 400, 'PGRST102');
  }
  for (const bytes of [[0xff, 0xfe], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from(bytes), Buffer.from('"}')]);
    for (const [method, path] of [['POST', 'product'], ['PATCH', first]]) {
      for (const server of shop.servers) {
        const answer = await fetch(`${server.url}/rest/v1/${path}`,
          { method, headers: { Authorization: 'Bearer ' + bearer, 'Content-Type': 'application/json' }, body });
        assert.equal(answer.status, 400);
        assert.equal((await answer.json()).code, 'PGRST102');
      }
    }
  }
  await shop.expect('merchant', 'product', { method: 'POST', body: '{}' }, 400, '23502');
  await shop.expect('merchant', 'product', { method: 'POST', body: '[]' }, 201);
  await shop.expect('merchant', first, { method: 'PATCH', body: '[]' }, 400, 'PGRST102');
  // The server answers at the head and reads no body; a client may notice the closing before the answer, so it asks again.
  const tooLarge = () => shop.expect('merchant', 'category', { method: 'POST', body: 'x'.repeat(1 << 20) + 'x' }, 413);
  const again = (error) => { if (!['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(error.cause?.code)) throw error; };
  await tooLarge().catch((error) => { again(error); return tooLarge(); }).catch(again);
  await shop.expect('merchant', 'category', { method: 'POST', body: Array.from({ length: 10001 }, (_, n) => ({ name: 'B' + n })) }, 400,
    'kp-limit-bulk-rows');
}));

test('a name is never SQL, wherever it stands', () => unchanged(async () => {
  const names = ["a'b", 'x";--', "x'); drop table product; --", 'x) or 1=1', 'sku union select 1', '"', '""', '\\', '$1', '?1', ':p', '@p',
    'rowid', 'ctid', 'xmin', 'tableoid', 'oid', '_rowid_', '*'];
  const quoted = (name) => encodeURIComponent('"' + name.replace(/[\\"]/g, '\\$&') + '"');
  for (const name of names) {
    const raw = encodeURIComponent(name);
    for (const text of [quoted(name), raw]) {
      for (const query of [`select=${text}`, `order=${text}`, `${text}=eq.1`, `or=(${text}.eq.1,sku.eq.S1)`, `select=sku,category(${text})`,
        `select=sku,category(name)&category.order=${text}`, `select=${text}(sku)`, `select=sku::${text}`]) {
        const answer = await shop.ask('anonymous', 'product?' + query, {}, true);
        // A star is a legal selection, and a quoted name may be an empty table's or a path's; all else must be refused.
        if (name !== '*') assert.ok(answer.status >= 400 && answer.status < 500, `${answer.label}: ${answer.status} ${answer.text}`);
      }
      for (const query of [`columns=${text}`, `on_conflict=${text}`]) {
        const answer = await shop.ask('merchant', 'category?' + query,
          { method: 'POST', body: { name: 'never' }, headers: { Prefer: 'resolution=merge-duplicates' } });
        assert.ok(answer.status >= 400, `${answer.label}: ${answer.status} ${answer.text}`);
      }
    }
    await shop.expect('merchant', raw, {}, 404);
    const profiled = await shop.ask('anonymous', 'product', { headers: { 'Accept-Profile': name } });
    assert.equal(profiled.status, 406, profiled.label);
    assert.deepEqual((await shop.expect('anonymous', `product?select=sku&sku=eq.${raw}`, {}, 200)).json, []);
    const alias = await shop.ask('anonymous', `product?select=${quoted(name)}:sku&sku=eq.S1`);
    if (alias.status === 200) assert.deepEqual(alias.json, [{ [name]: 'S1' }]);
  }
  for (const table of ['_kingpost_idempotency', '_kingpost_history', 'sqlite_master', 'pg_catalog.pg_user', 'pg_user', 'Product',
    'information_schema.tables', 'product%00', 'product%0d%0aX:%20y']) {
    await shop.expect('anonymous', table, {}, 404, 'PGRST205');
  }
  for (const path of ['product/', 'product/1', '..%2f', '%2e%2e/health', 'product%2Fx', '/rest/v1//product',
    'rpc/none']) await shop.expect('anonymous', path, {}, 404, 'PGRST125');
}));

test('queries that do not parse or fit say so', () => unchanged(async () => {
  const cases = {
    PGRST100: [
      'select=,', 'select=sku"', 'order=sku.asc.foo', 'order=(select%201)', 'or=()', 'or=(sku.eq.S1', 'sku=foo.S1', 'sku=not.not.eq.S1', 'sku',
        '=', '==', '%00=1', 'sku=in.(', 'sku=in.("a","b)',
      'sku=is.foo', 'sku=eq(all).{S1', 'sku=neq(any).{S1}', 'limit=-1', 'limit=x', 'limit=', 'limit=99999999999999999999', 'offset=-1',
        'offset=9223372036854775807', 'offset=1e3', 'sku=eq.%ff%fe',
      'sku=eq.%ed%a0%80', 'sku=eq.%zz', 'sku=eq.%', 'select=%ff',
    ],
    '22021': ['sku=eq.%00', 'select=sku%00', 'or=(sku.eq.%00,sku.eq.S1)', 'sku=in.(a,%00)', 'sku=like.%00'],
    '22P02': ['price=eq.x', 'id=eq.x', 'id=eq.', 'id=in.(x)', 'attributes=eq.x', 'or=(id.eq.x,sku.eq.S1)'],
    '22003': ['price=eq.1e400', 'price=gt.1.005', 'price=in.(1e400)'],
    '22007': ['created_at=gt.notadate', 'created_at=gt.2020-13-45', 'created_at=gt.infinity', 'created_at=gt.99999-01-01',
      'created_at=gt.2020-02-30T00:00:00Z'],
    '42703': ['select=nope', 'order=nope', 'nope=eq.1', 'select=sku,category(nope)', 'order=1'],
    '42701': ['select=*,*', 'select=sku,sku', 'select=sku,sku:name'],
    '42804': ['price=is.true'],
    PGRST108: ['category.name=eq.Books', 'order=category(name)', 'category.order=name'],
    PGRST120: ['select=sku,category(name)&category=eq.1'],
    PGRST123: ['select=count()', 'select=price.sum()', 'select=category_id,price.max()'],
    PGRST127: ['name=fts.thing', 'name=wfts.thing', 'sku=sl.(1,2)'],
    PGRST200: ['select=sku,user(id)', 'select=sku,none(id)', 'select=category!none(name)', 'select=sku,_kingpost_idempotency(key)'],
    'kp-cursor': ['cursor=x', 'cursor=AAAA', 'cursor=&order=sku', 'cursor=' + 'A'.repeat(5000)],
    'kp-limit-embed-depth': ['select=category(' + 'parent('.repeat(9) + 'name' + ')'.repeat(10)],
    'kp-limit-filter-depth': ['or=(' + 'and('.repeat(30) + 'sku.eq.1' + ')'.repeat(31)],
    'kp-limit-filter-nodes': ['or=(' + Array.from({ length: 300 }, (_, n) => 'sku.eq.' + n).join(',') + ')'],
    'kp-limit-select-nodes': ['select=' + Array.from({ length: 700 }, (_, n) => `a${n}:sku`).join(',')],
    'http-target-long': ['sku=in.(' + Array.from({ length: 4000 }, (_, n) => n).join(',') + ')'],
  };
  for (const [code, queries] of Object.entries(cases)) {
    for (const query of queries) await shop.expect('anonymous', 'product?' + query.replaceAll('"', '%22'), {},
      code === 'http-target-long' ? 414 : 400, code);
  }
  await shop.expect('merchant', 'category?select=name,product(sku)&order=product(price)', {}, 400, 'PGRST118');
  for (const [query, count] of [['limit=0', 0], ['offset=1000000', 0], ['sku=in.()', 0], ['sku=in.(S1,S1)', 1], ['sku=eq.a%0d%0aX:1', 0],
    ['&&&', 5], ['select=category()', 5], ['attributes->a->>b=eq.3', 1]]) {
    assert.equal((await shop.expect('anonymous', 'product?' + query, {}, 200)).json.length, count, query);
  }
}));

test('line breaks in values stay in values', async () => {
  const name = 'a\r\nSet-Cookie: x=1\r\n\r\n<b>';
  const made = await shop.expect('merchant', 'category', { method: 'POST', body: { id: id(0xc9), name },
    headers: { Prefer: 'return=headers-only' } }, 201);
  assert.equal(made.headers.get('set-cookie'), null);
  const read = await shop.expect('anonymous', `category?name=eq.${encodeURIComponent(name)}&order=name&limit=1`, {}, 200);
  assert.equal(read.json[0].name, name);
  assert.equal(read.headers.get('set-cookie'), null);
  await shop.expect('merchant', `category?id=eq.${id(0xc9)}`, { method: 'DELETE' }, 204);
});

test('methods, media types and codings that are not taken', () => unchanged(async () => {
  for (const method of ['PUT', 'FOO']) await shop.expect('merchant', first, { method, body: { name: 'x' } }, 405, 'PGRST117');
  for (const type of ['text/plain', 'application/xml', 'text/csv', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    await shop.expect('merchant', 'category', { method: 'POST', body: { name: 'x' }, headers: { 'Content-Type': type } }, 415, 'PGRST102');
  }
  for (const coding of ['gzip', 'deflate', 'br', 'GZIP', 'identity, gzip']) {
    await shop.expect('merchant', 'category', { method: 'POST', body: { name: 'x' }, headers: { 'Content-Encoding': coding } }, 415, 'PGRST102');
  }
  await shop.expect('merchant', first, { method: 'PATCH', body: {},
    headers: { 'Content-Type': 'Application/JSON; charset=utf-8', 'Content-Encoding': 'Identity' } }, 204);
  for (const accept of ['text/html', 'text/csv', 'application/geo+json', ';;;']) await shop.expect('anonymous', 'product',
    { headers: { Accept: accept } }, 406, 'PGRST107');
  await shop.expect('anonymous', 'product', { headers: { Accept: 'APPLICATION/JSON' } }, 200);
  await shop.expect('anonymous', 'product', { headers: { Accept: 'application/vnd.pgrst.object+json' } }, 406, 'PGRST116');
  for (const [method, path, status] of [['HEAD', 'product', 200], ['HEAD', 'nope', 404], ['HEAD', 'product?select=nope', 400],
    ['OPTIONS', 'product', 204]]) {
    const answer = await shop.expect('anonymous', path, { method }, status);
    assert.equal(answer.text, '', path);
  }
  await shop.expect('merchant', 'product', { method: 'DELETE' }, 400, '21000');
  await shop.expect('merchant', 'product?order=sku&limit=1', { method: 'PATCH', body: { name: 'x' } }, 400, '21000');
}));

test('Range and Prefer, odd and at odds', async () => {
  const list = 'product?select=sku&order=sku';
  for (const [headers, status, range] of [
    [{ Range: '0-1' }, 200, '0-1/*'], [{ Range: '0-1', Prefer: 'count=exact' }, 206, '0-1/5'], [{ Range: '5-' }, 200, '*/*'],
      [{ Range: '100-200', Prefer: 'count=exact' }, 416], [{ Range: '1-0' }, 416],
    [{ Range: 'x' }, 200, '0-4/*'], [{ Range: '-5' }, 200, '0-4/*'], [{ Range: 'bytes=0-1' }, 200, '0-4/*'],
      [{ Range: '99999999999999999999-' }, 200, '0-4/*'], [{ Range: '0-1', 'Range-Unit': 'bytes' }, 200, '0-4/*'],
    [{ Prefer: 'count=exact' }, 200, '0-4/5'], [{ Prefer: 'count=foo' }, 200, '0-4/*'], [{ Prefer: 'count=exact, count=none' }, 200, '0-4/5'],
      [{ Prefer: ',,,=' }, 200, '0-4/*'],
    [{ Prefer: 'handling=strict, foo=bar' }, 400], [{ Prefer: 'handling=strict, count=exact' }, 200, '0-4/5'],
      [{ Prefer: 'x'.repeat(3000) }, 200, '0-4/*'], [{ Prefer: 'handling=lenient,foo=bar' }, 200, '0-4/*'],
  ]) {
    const answer = await shop.expect('anonymous', list, { headers }, status);
    if (range) assert.equal(answer.headers.get('content-range'), range, answer.label);
  }
});

test('conditions that cannot hold or be read never become no condition', () => unchanged(async () => {
  const read = await shop.one(shop.servers[0], 'merchant', first, { headers: { Accept: 'application/vnd.pgrst.object+json' } });
  for (const [value, status] of [['"x"', 412], ['W/"x"', 412], [`W/${read.headers.get('etag')}`, 412], ['"x","y"', 412], ['x', 400], ['', 400],
    ['"', 400], ['"x", *', 400], [',', 400]]) {
    await shop.expect('merchant', first, { method: 'PATCH', body: { name: 'lost' }, headers: { 'If-Match': value } }, status);
    await shop.expect('merchant', first, { method: 'DELETE', headers: { 'If-Match': value } }, status);
  }
  await shop.expect('merchant', `product?id=eq.${id(0xdead)}`, { method: 'PATCH', body: { name: 'x' }, headers: { 'If-Match': '*' } }, 412);
  await shop.expect('merchant', 'product?sku=eq.S1', { method: 'PATCH', body: { name: 'x' }, headers: { 'If-Match': '*' } }, 400);
  await shop.expect('merchant', `product?id=in.(${id(0xd1)},${id(0xd2)})`, { method: 'PATCH', body: { name: 'x' }, headers: { 'If-Match': '*' } },
    400);
  for (const key of ['', '""', 'x'.repeat(256)]) await shop.expect('merchant', 'category',
    { method: 'POST', body: { name: 'x' }, headers: { 'Idempotency-Key': key } }, 400, 'kp-idempotency-key');
}));

test('a bulk of ten thousand rows is written whole or not at all', async () => {
  const rows = Array.from({ length: 10000 }, (_, n) => ({ name: 'Bulk ' + n }));
  await shop.expect('merchant', 'category', { method: 'POST', body: [...rows.slice(0, 9999), { name: 'Books' }] }, 409, '23505');
  assert.equal((await shop.expect('anonymous', 'category?name=like.Bulk*&limit=1', {}, 200)).json.length, 0);
  await shop.expect('merchant', 'category', { method: 'POST', body: rows }, 201);
  const counted = await shop.expect('anonymous', 'category?name=like.Bulk*&limit=1', { headers: { Prefer: 'count=exact' } }, 206);
  assert.match(counted.headers.get('content-range'), /\/10000$/);
  assert.equal((await shop.expect('anonymous', 'category?select=name&limit=100000', {}, 200)).json.length, 1000, 'a page has a bound');
  await shop.expect('merchant', 'category?name=like.Bulk*', { method: 'DELETE' }, 204);
});

test('a hundred writers with one If-Match: one wins', async () => {
  const path = `category?id=eq.${id(0xc2)}`;
  for (const server of shop.servers) {
    const read = await shop.one(server, 'merchant', path, { headers: { Accept: 'application/vnd.pgrst.object+json' } });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => shop.one(server, 'merchant', path,
        { method: 'PATCH', body: { name: 'Writer ' + n }, headers: { 'If-Match': read.headers.get('etag') } })));
    const statuses = answers.map((answer) => answer.status);
    assert.equal(statuses.filter((status) => status === 204).length, 1, `${server.name}: ${statuses}`);
    assert.ok(statuses.every((status) => status === 204 || status === 412), `${server.name}: ${statuses}`);
  }
});

test('a hundred requests with one idempotency key: one effect', async () => {
  for (const server of shop.servers) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => shop.one(server, 'merchant', 'category',
        { method: 'POST', body: { name: 'Once' }, headers: { 'Idempotency-Key': 'k', Prefer: 'return=representation' } })));
    const made = answers.filter((answer) => answer.status === 201);
    assert.ok(made.length >= 1, server.name);
    assert.equal(new Set(made.map((answer) => answer.text)).size, 1, server.name);
    for (const answer of answers) assert.ok([201, 409].includes(answer.status), `${server.name}: ${answer.status} ${answer.text}`);
    assert.equal((await shop.one(server, 'merchant', 'category?name=eq.Once')).json.length, 1, server.name);
  }
});

test('concurrent upserts of one row leave one row', async () => {
  for (const server of shop.servers) {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        shop.one(server, 'merchant', 'product?on_conflict=sku',
          { method: 'POST', body: { sku: 'UP', name: 'n' + n, price: n, category_id: id(0xc1) },
          headers: { Prefer: 'resolution=merge-duplicates' } })));
    for (const answer of answers) assert.ok([200, 201].includes(answer.status), `${server.name}: ${answer.status} ${answer.text}`);
    assert.equal((await shop.one(server, 'merchant', 'product?sku=eq.UP')).json.length, 1, server.name);
    await shop.one(server, 'merchant', 'product?sku=eq.UP', { method: 'DELETE' });
  }
});

test('an idempotency key belongs to its user and roles, and to one contract', async () => {
  const asked = (bearerOf, more = {}) => [bearerOf, 'category',
    { method: 'POST', body: { name: 'Owned' }, headers: { 'Idempotency-Key': 'owned', ...more } }];
  for (const server of shop.servers) {
    assert.equal((await shop.one(server, ...asked('admin'))).status, 201, server.name);
    const again = await shop.one(server, ...asked('admin'));
    assert.equal(again.headers.get('idempotency-replayed'), 'true', server.name);
    assert.equal((await shop.one(server, ...asked('merchant'))).status, 409, `${server.name}: asked anew, not replayed`);
    assert.equal((await shop.one(server, ...asked('anonymous'))).status, 401, server.name);
    assert.equal((await shop.one(server, ...asked('admin', { 'Content-Profile': 'v1' }))).status, 422, server.name);
  }
});

/// Sends `text` on one connection and resolves with what comes until `count` answers' heads were seen or it is closed.
function pipeline(server, text, count) {
  const { hostname, port } = new URL(server.url);
  return new Promise((accept, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let out = '';
    const done = () => { clearTimeout(timer); socket.destroy(); accept(out); };
    const answers = () => out.split('HTTP/1.1 ').length - 1;
    const timer = setTimeout(() => { socket.destroy(); reject(new Error(`only ${answers()} answers: ${out.slice(-300)}`)); }, 15000);
    socket.on('data', (chunk) => { out += chunk; if (answers() >= count) done(); });
    socket.on('close', done);
    socket.on('error', reject);
  });
}

test('a pipeline of writes with one key and one tag answers in order, with one effect', async () => {
  for (const server of shop.servers) {
    const body = '{"name":"Piped"}';
    const head = (method, path, more) => `${method} /rest/v1/${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bearer}\r\n${more}`;
    const post = head('POST', 'category',
      `Idempotency-Key: piped\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const get = head('GET', 'category?name=eq.Piped&select=name', '\r\n');
    const out = await pipeline(server, (post + get).repeat(10), 20);
    const statuses = [...out.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1]);
    assert.deepEqual(statuses.filter((_, n) => n % 2 === 1), Array(10).fill('200'), server.name);
    assert.ok(statuses.filter((_, n) => n % 2 === 0).every((status) => ['201', '409'].includes(status)), `${server.name}: ${statuses}`);
    assert.equal((await shop.one(server, 'merchant', 'category?name=eq.Piped')).json.length, 1, server.name);
  }
});
