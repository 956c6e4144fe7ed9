// Authorisation and tenancy, attacked from outside, over both databases: nobody reads, writes or infers what is not theirs.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { root, secret, token } from './harness.mjs';
import { pair } from './pair.mjs';

const id = (n) => '018f0000-0000-7000-8000-' + n.toString(16).padStart(12, '0');
const object = { Accept: 'application/vnd.pgrst.object+json' };
const back = { Prefer: 'return=representation' };
const merge = { Prefer: 'resolution=merge-duplicates,return=representation' };
const ignore = { Prefer: 'resolution=ignore-duplicates,return=representation' };

const [ada, bob, carl] = [id(0xa1), id(0xb1), id(0xa9)];
const tenants = [
  { key: id(0x100), user: ada, agent: 'adaAgent', manager: 'adaManager', ticket: id(0x1001), label: id(0x1002), message: id(0x1003) },
  { key: id(0x200), user: bob, agent: 'bobAgent', manager: 'bobManager', ticket: id(0x2001), label: id(0x2002), message: id(0x2003) },
];
const none = id(0xdead);
const sign = (header, claims, key = secret) => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
};
const soon = Math.floor(Date.now() / 1000) + 3600;

let saas;
let shop;
before(async () => {
  const tokens = {
    anonymous: 'sb_publishable_test',
    adaAgent: token('agent', ada, ['--tenant', tenants[0].key]),
    adaManager: token('manager', ada, ['--tenant', tenants[0].key]),
    bobAgent: token('agent', bob, ['--tenant', tenants[1].key]),
    bobManager: token('manager', bob, ['--tenant', tenants[1].key]),
    nowhere: token('agent', ada),
    elsewhere: token('agent', ada, ['--tenant', id(0x999)]),
  };
  saas = await pair(join(root, 'examples/saas/saas.yaml'), { tokens });
  await saas.expect('admin', 'user', { method: 'POST', body: [{ id: ada, email: 'ada@example.com' }, { id: bob, email: 'bob@example.com' }] }, 201);
  await saas.expect('admin', 'organisation', { method: 'POST', body: tenants.map((t, i) => ({ id: t.key, name: 'Company ' + i })) }, 201);
  for (const t of tenants) {
    await saas.expect(t.agent, 'ticket', { method: 'POST', body: { id: t.ticket, number: 1, subject: 'of ' + t.key, body: 'b',
      author_id: t.user } }, 201);
    await saas.expect(t.manager, 'label', { method: 'POST', body: { id: t.label, name: 'L' } }, 201);
    await saas.expect(t.agent, 'message', { method: 'POST', body: { id: t.message, ticket_id: t.ticket, author_id: t.user, body: 'm' } }, 201);
    await saas.expect(t.agent, 'ticket_label', { method: 'POST', body: { ticket_id: t.ticket, label_id: t.label } }, 201);
  }
  const shopTokens = {
    anonymous: 'sb_publishable_test',
    ada: token('customer', ada),
    bob: token('customer', bob),
    merchant: token('merchant', bob),
    support: token('support', bob),
    root: token('administrator', ada),
  };
  shop = await pair(join(root, 'examples/shop/shop.yaml'), { tokens: shopTokens });
  await shop.expect('admin', 'user', { method: 'POST', body: [{ id: ada, email: 'ada@example.com' }, { id: bob, email: 'bob@example.com' },
    { id: carl, email: 'carl@example.com' }] }, 201);
  await shop.expect('merchant', 'category', { method: 'POST', body: [{ id: id(0xc1), name: 'Books' }, { id: id(0xc2), name: 'Tools' }] }, 201);
  const products = [1, 2, 3, 4].map((n) => ({ id: id(0xd0 + n), sku: 'S' + n, name: 'Thing ' + n, price: 10 + n, cost: 10 - n,
    category_id: id(0xc1), attributes: { n } }));
  await shop.expect('merchant', 'product', { method: 'POST', body: products }, 201);
  await shop.expect('ada', 'cart', { method: 'POST', body: { id: id(0xe1), customer_id: ada } }, 201);
  await shop.expect('bob', 'cart', { method: 'POST', body: { id: id(0xe2), customer_id: bob } }, 201);
  await shop.expect('ada', 'cart_item', { method: 'POST', body: { id: id(0xf1), cart_id: id(0xe1), product_id: id(0xd1), quantity: 1 } }, 201);
  await shop.expect('bob', 'cart_item', { method: 'POST', body: { id: id(0xf2), cart_id: id(0xe2), product_id: id(0xd3), quantity: 1 } }, 201);
});
after(async () => {
  await saas?.stop();
  await shop?.stop();
});

/// Everything a tenant has, as the administrator sees it.
async function everything(tenant) {
  const rows = [];
  for (const entity of ['organisation', 'ticket', 'label', 'message', 'ticket_label']) {
    const filter = entity === 'organisation' ? `id=eq.${tenant.key}` : `organisation_id=eq.${tenant.key}`;
    for (const server of saas.servers) rows.push((await saas.one(server, 'admin', `${entity}?${filter}`)).text);
  }
  return rows.join('\n');
}

const keyOf = {
  organisation: (t) => `id=eq.${t.key}`,
  ticket: (t) => `id=eq.${t.ticket}`,
  label: (t) => `id=eq.${t.label}`,
  message: (t) => `id=eq.${t.message}`,
  ticket_label: (t) => `ticket_id=eq.${t.ticket}&label_id=eq.${t.label}`,
};
const changeOf = { organisation: { name: 'x' }, ticket: { subject: 'x' }, label: { name: 'x' }, message: { body: 'x' },
  ticket_label: { label_id: none } };
const rowOf = {
  organisation: (t) => ({ id: t.key, name: 'taken' }),
  ticket: (t, me) => ({ id: t.ticket, number: 77, subject: 'taken', body: 'b', author_id: me.user }),
  label: (t) => ({ id: t.label, name: 'taken' }),
  message: (t, me) => ({ id: t.message, ticket_id: me.ticket, author_id: me.user, body: 'taken' }),
  ticket_label: (t) => ({ ticket_id: t.ticket, label_id: t.label }),
};

for (const [mine, theirs] of [[0, 1], [1, 0]].map((order) => order.map((i) => tenants[i]))) {
  for (const entity of Object.keys(keyOf)) {
    test(`tenant ${mine.key.slice(-3)} reaches no ${entity} of the other, by any operation`, async () => {
      const before = await everything(theirs);
      for (const who of [mine.agent, mine.manager]) {
        const list = await saas.expect(who, `${entity}?${keyOf[entity](theirs)}`, { headers: { Prefer: 'count=exact' } }, 200);
        assert.deepEqual(list.json, []);
        assert.equal(list.headers.get('content-range'), '*/0');
        const all = await saas.expect(who, entity, {}, 200);
        assert.ok(all.json.length > 0 && !all.text.includes(theirs.key), all.text);
        const swapped = await saas.expect(who, `${entity}?${keyOf[entity](theirs)}`, { headers: object }, 406, 'PGRST116');
        const absent = await saas.expect(who, `${entity}?${keyOf[entity]({ key: none, ticket: none, label: none, message: none })}`,
          { headers: object }, 406, 'PGRST116');
        assert.equal(swapped.text, absent.text);
        for (const [method, options] of [
          ['PATCH', { body: changeOf[entity], headers: back }],
          ['PATCH', { body: changeOf[entity], headers: { ...back, 'If-Match': '*' } }],
          ['DELETE', { headers: back }],
        ]) {
          const foreign = await saas.ask(who, `${entity}?${keyOf[entity](theirs)}`, { method, ...options });
          const missing = await saas.ask(who, `${entity}?${keyOf[entity]({ key: none, ticket: none, label: none, message: none })}`,
            { method, ...options });
          assert.equal(foreign.status, missing.status, foreign.label);
          assert.equal(foreign.text, missing.text, foreign.label);
          if (foreign.status === 200) assert.deepEqual(foreign.json, [], foreign.label);
        }
        for (const headers of [merge, ignore, back]) {
          const taken = await saas.ask(who, entity, { method: 'POST', headers, body: rowOf[entity](theirs, mine) });
          assert.ok([403, 409].includes(taken.status) || (taken.status === 200 && taken.text === '[]'),
            `${taken.label}: ${taken.status} ${taken.text}`);
          assert.ok(!taken.text.includes(theirs.key), taken.text);
        }
      }
      assert.equal(await everything(theirs), before);
    });
  }
}

test('a caller without a tenant, or of one that does not exist, has nothing', async () => {
  for (const entity of Object.keys(keyOf)) {
    await saas.expect('nowhere', entity, {}, 403, '42501');
    assert.deepEqual((await saas.expect('elsewhere', entity, {}, 200)).json, []);
    await saas.expect('anonymous', entity, {}, 401, '42501');
  }
  await saas.expect('elsewhere', 'ticket', { method: 'POST', body: { number: 1, subject: 's', body: 'b', author_id: ada } }, 409, '23503');
  await saas.expect('nowhere', 'ticket', { method: 'POST', body: { number: 1, subject: 's', body: 'b', author_id: ada } }, 403, '42501');
});

test('owner, tenant, times and computed columns cannot be assigned', async () => {
  const [a, b] = tenants;
  const row = { number: 50, subject: 's', body: 'b', author_id: ada };
  for (const more of [{ organisation_id: b.key }, { organisation_id: a.key }, { created_at: '2020-01-01T00:00:00Z' },
    { updated_at: '2020-01-01T00:00:00Z' }, { is_unassigned: true }]) {
    await saas.expect('adaAgent', 'ticket', { method: 'POST', body: { ...row, ...more } }, 400, '428C9');
    await saas.expect('adaAgent', `ticket?id=eq.${a.ticket}`, { method: 'PATCH', body: more }, 400, '428C9');
  }
  await saas.expect('adaAgent', 'ticket', { method: 'POST', body: { ...row, author_id: bob } }, 403, '42501');
  await shop.expect('ada', 'cart', { method: 'POST', body: { customer_id: carl } }, 403, '42501');
  await shop.expect('ada', `cart?id=eq.${id(0xe1)}`, { method: 'PATCH', body: { customer_id: carl } }, 403, '42501');
  assert.deepEqual((await shop.expect('admin', 'cart?select=customer_id&order=customer_id', {}, 200)).json,
    [{ customer_id: ada }, { customer_id: bob }]);
  await shop.expect('ada', `cart_item?id=eq.${id(0xf1)}`, { method: 'PATCH', body: { cart_id: id(0xe2) } }, 403, '42501');
  await shop.expect('ada', 'cart_item', { method: 'POST', body: { cart_id: id(0xe2), product_id: id(0xd2), quantity: 1 } }, 403, '42501');
  assert.deepEqual((await shop.expect('ada', 'cart_item?select=cart_id', {}, 200)).json, [{ cart_id: id(0xe1) }]);
});

test('rows of another tenant cannot be referred to, and that says no more than that a row is missing', async () => {
  const [a, b] = tenants;
  for (const [entity, row] of [
    ['message', (ticket) => ({ ticket_id: ticket, author_id: ada, body: 'x' })],
    ['ticket_label', (ticket) => ({ ticket_id: ticket, label_id: a.label })],
    ['ticket_label', (label) => ({ ticket_id: a.ticket, label_id: label })],
  ]) {
    const theirs = row === undefined ? none : entity === 'ticket_label' && row(none).ticket_id === a.ticket ? b.label : b.ticket;
    const foreign = await saas.expect('adaAgent', entity, { method: 'POST', body: row(theirs) }, 409, '23503');
    const missing = await saas.expect('adaAgent', entity, { method: 'POST', body: row(none) }, 409, '23503');
    assert.equal(foreign.text, missing.text);
  }
});

test('a denied record is denied alike, whether a stored one stands against it or not', async () => {
  const alike = async (entity, method, there, free) => {
    for (const headers of method === 'POST' ? [{}, merge, ignore] : [{}]) {
      const met = await shop.expect('ada', entity, { method, body: there, headers }, 403, '42501');
      const missed = await shop.expect('ada', entity, { method, body: free, headers }, 403, '42501');
      assert.equal(met.text, missed.text);
    }
  };
  await alike('cart', 'POST', { id: id(0xe2), customer_id: bob }, { id: id(0xe9), customer_id: carl });
  await alike('cart', 'POST', { id: id(0xe9), customer_id: bob }, { id: id(0xe9), customer_id: carl });
  await alike('cart', 'POST', { customer_id: none }, { customer_id: carl });
  await alike(`cart?id=eq.${id(0xe1)}`, 'PATCH', { customer_id: bob }, { customer_id: carl });
  await alike(`cart?id=eq.${id(0xe1)}`, 'PATCH', { id: id(0xe2), customer_id: carl }, { id: id(0xe9), customer_id: carl });
  const item = { cart_id: id(0xe2), product_id: id(0xd2), quantity: 1 };
  await alike('cart_item', 'POST', { ...item, id: id(0xf2) }, { ...item, id: id(0xf9) });
  await alike('cart_item', 'POST', { ...item, cart_id: none }, item);
  await alike('cart_item', 'POST', { ...item, product_id: none }, item);
  await alike('cart_item', 'POST', { ...item, quantity: -1 }, item);
});

test('an update or removal over mixed rows touches only its own', async () => {
  const [a, b] = tenants;
  const before = await everything(b);
  const changed = await saas.expect('adaAgent', `ticket?id=in.(${a.ticket},${b.ticket})`,
    { method: 'PATCH', body: { status: 'waiting' }, headers: { Prefer: 'return=representation,count=exact' } }, 200);
  assert.deepEqual(changed.json.map((row) => row.id), [a.ticket]);
  await saas.expect('adaAgent', 'ticket?number=gte.0', { method: 'PATCH', body: { status: 'open' } }, 204);
  const removed = await shop.expect('ada', 'cart_item?quantity=gte.0',
    { method: 'DELETE', headers: { Prefer: 'return=representation,count=exact' } }, 200);
  assert.deepEqual(removed.json.map((row) => row.id), [id(0xf1)]);
  assert.equal((await shop.expect('bob', 'cart_item', {}, 200)).json.length, 1);
  await shop.expect('ada', 'cart_item', { method: 'POST', body: { id: id(0xf1), cart_id: id(0xe1), product_id: id(0xd1), quantity: 1 } }, 201);
  assert.equal(await everything(b), before);
});

test('embeds show only what a direct question would', async () => {
  const tickets = await saas.expect('adaAgent', 'ticket?select=subject,messages(body),labels(name),author(email),organisation(name)', {}, 200);
  assert.equal(tickets.json.length, 1);
  assert.ok(!tickets.text.includes('Company 1'));
  assert.deepEqual((await shop.expect('ada', 'product?select=sku,cart_item(id)&sku=eq.S1', {}, 200)).json,
    [{ sku: 'S1', cart_item: [{ id: id(0xf1) }] }]);
  assert.deepEqual((await shop.expect('anonymous', 'category?select=name,product(sku,cost)', {}, 400, '42703')).json.errors ?? [], []);
  const embedded = await shop.ask('anonymous', 'product?select=sku,cart_item(id)');
  assert.ok(embedded.status === 401 || embedded.json.every((row) => row.cart_item.length === 0), embedded.text);
});

test('a hidden field is unknown in every position: select, cast, path, order, filter, tree, embed, write', async () => {
  for (const query of [
    'select=cost', 'select=c:cost', 'select=cost::text', 'select=cost->x', 'order=cost', 'order=cost.desc.nullsfirst', 'cost=gt.1', 'cost=is.null',
      'cost=not.is.null',
    'or=(cost.gt.1,sku.eq.S1)', 'and=(sku.eq.S1,not.or(cost.gt.1,cost.lt.0))', 'select=sku,category(product(cost))',
      'select=sku,category(product(sku))&category.product.cost=gt.1',
    'select=sku,category(product(sku))&category.product.order=cost', 'select=sku,category(product(sku))&category.product.or=(cost.gt.1,cost.lt.0)',
  ]) {
    const hidden = await shop.expect('ada', 'product?' + query, {}, 400, '42703');
    const unknown = await shop.ask('ada', 'product?' + query.replaceAll('cost', 'none'));
    assert.equal(hidden.text, unknown.text.replaceAll('none', 'cost'), query);
    assert.equal((await shop.ask('merchant', 'product?' + query.replace('select=cost->x', 'select=cost'))).status, 200, query);
  }
  assert.ok(!('cost' in (await shop.expect('ada', `product?id=eq.${id(0xd1)}`, { headers: object }, 200)).json));
  await shop.expect('merchant', 'product?sku=eq.S1&select=cost', { headers: object }, 200);
  await shop.expect('ada', 'product?sku=eq.S1', { method: 'PATCH', body: { cost: 1 } }, 403, '42501');
});

test('tags, cursors and idempotency keys of another user give nothing', async () => {
  const bobCart = `cart?id=eq.${id(0xe2)}`;
  const tag = (await shop.expect('bob', bobCart, { headers: object }, 200)).headers.get('etag');
  await shop.expect('ada', bobCart, { headers: { ...object, 'If-None-Match': tag } }, 406, 'PGRST116');
  await shop.expect('ada', bobCart, { method: 'PATCH', body: { customer_id: ada }, headers: { 'If-Match': tag } }, 412);
  await shop.expect('ada', bobCart, { method: 'DELETE', headers: { 'If-Match': tag } }, 412);
  assert.equal((await shop.expect('bob', bobCart, {}, 200)).json.length, 1);
  const page = await saas.expect('bobAgent', 'message?order=created_at&limit=1', {}, 200);
  const next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  if (next) assert.ok(!(await saas.expect('adaAgent', next, {}, 200)).text.includes(tenants[1].key));
  const headers = { 'Idempotency-Key': 'shared', Prefer: 'return=representation' };
  const body = { number: 300, subject: 'same', body: 'b', author_id: ada };
  const first = await saas.expect('adaAgent', 'ticket', { method: 'POST', headers, body }, 201);
  const foreign = await saas.ask('bobAgent', 'ticket', { method: 'POST', headers, body });
  assert.equal(foreign.status, 403, 'the key is bob\'s own, and ada\'s answer is not replayed');
  assert.ok(!foreign.text.includes(first.json[0].id));
  const again = await saas.expect('adaAgent', 'ticket', { method: 'POST', headers, body }, 201);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.equal((await saas.expect('adaAgent', 'ticket?number=eq.300', {}, 200)).json.length, 1);
});

test('counts and orders are no oracle for foreign rows', async () => {
  for (const count of ['exact', 'planned', 'estimated']) {
    const seen = await saas.ask('adaAgent', 'label?limit=10', { headers: { Prefer: 'count=' + count } });
    assert.match(seen.headers.get('content-range'), /^0-0\/1$/, count);
    const head = await saas.ask('adaAgent', `label?id=eq.${tenants[1].label}`, { method: 'HEAD', headers: { Prefer: 'count=' + count } });
    assert.equal(head.headers.get('content-range'), '*/0', count);
  }
  await saas.expect('adaManager', 'label', { method: 'POST', body: { name: 'M' } }, 201);
  await saas.expect('bobManager', 'label', { method: 'POST', body: { name: 'M' } }, 201);
  await saas.expect('adaAgent', 'ticket?select=count()', {}, 400, 'PGRST123');
});

test('no token raises its bearer', async () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: ada, role: 'merchant', exp: soon };
  const forged = {
    none: sign({ alg: 'none' }, claims).replace(/[^.]*$/, ''),
    noneAgain: sign({ alg: 'nOnE', typ: 'JWT' }, claims).replace(/[^.]*$/, ''),
    otherKey: sign({ alg: 'HS256', typ: 'JWT' }, claims, 'another secret of sufficient length, but not ours'),
    emptyKey: sign({ alg: 'HS256', typ: 'JWT' }, claims, ''),
    otherAlgorithm: sign({ alg: 'HS512', typ: 'JWT' }, claims),
    expired: sign({ alg: 'HS256', typ: 'JWT' }, { ...claims, exp: now - 3600 }),
    notYet: sign({ alg: 'HS256', typ: 'JWT' }, { ...claims, nbf: now + 3600 }),
    garbage: 'a.b.c',
    short: 'x',
    long: 'a'.repeat(7000),
  };
  for (const [name, bearer] of Object.entries(forged)) {
    const answer = await shop.ask('anonymous', 'product?select=sku,cost', { bearer });
    assert.equal(answer.status, 401, `${name}: ${answer.status} ${answer.text}`);
    assert.match(answer.headers.get('www-authenticate') ?? '', /Bearer/, name);
  }
  for (const role of ['nobody', 'Administrator', 'service_role', '', 'merchant,support', ['merchant'], null, 7]) {
    const answer = await shop.ask('anonymous', 'product?select=sku,cost', { bearer: sign({ alg: 'HS256', typ: 'JWT' }, { ...claims, role }) });
    assert.ok([400, 401, 403].includes(answer.status), `${JSON.stringify(role)}: ${answer.status} ${answer.text}`);
  }
  await shop.expect('support', 'category', { method: 'POST', body: { name: 'x' } }, 403, '42501');
  for (const header of [{ 'X-HTTP-Method-Override': 'DELETE' }, { 'X-Role': 'merchant' }, { Role: 'administrator' }, { 'X-Forwarded-User': bob }]) {
    await shop.expect('ada', 'category', { method: 'POST', body: { name: 'x' }, headers: header }, 403, '42501');
  }
});

test('answers are private, sniff-proof, and open to no origin with credentials', async () => {
  for (const who of ['ada', 'anonymous']) {
    const answer = await shop.ask(who, 'product?select=sku', { headers: { Origin: 'null' } });
    assert.match(answer.headers.get('cache-control'), /private|no-store/);
    assert.match(answer.headers.get('vary'), /Authorization/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('access-control-allow-credentials'), null);
    assert.notEqual(answer.headers.get('access-control-allow-origin'), 'null');
  }
});

test('an old contract holds the same policies', async () => {
  const old = { 'Accept-Profile': 'v1' };
  await shop.expect('anonymous', 'cart', { headers: old }, 401, '42501');
  assert.deepEqual((await shop.expect('ada', 'cart?select=id', { headers: old }, 200)).json, [{ id: id(0xe1) }]);
  await shop.expect('ada', 'product?select=cost', { headers: old }, 400, '42703');
  await shop.expect('ada', 'reservation', { headers: old }, 403, '42501');
});
