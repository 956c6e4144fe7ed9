// The flows of an unmodified @supabase/postgrest-js against a served shop: reads, embeds, writes, upsert, single, ranges, errors.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve, token, root, call } from './harness.mjs';

const ada = '018f0000-0000-7000-8000-0000000000a1';
const bob = '018f0000-0000-7000-8000-0000000000b2';

/// Registers the flows over one database: `open` answers its URL, `close` removes it.
export function shopFlows({ open, close }) {
  let PostgrestClient;
  let server;
  let anonymous;
  let merchant;
  let customer;
  let admin;

  const client = (bearer) => new PostgrestClient(server.url + '/rest/v1', { headers: bearer ? { Authorization: 'Bearer ' + bearer } : {} });
  function good({ data, error, ...rest }) {
    assert.equal(error, null, JSON.stringify(error));
    return { data, ...rest };
  }

  before(async () => {
    const judges = createRequire(join(root, 'tests/judges/package.json'));
    ({ PostgrestClient } = judges('@supabase/postgrest-js'));
    server = await serve(join(root, 'examples/shop/shop.yaml'), await open());
    admin = client();
    anonymous = client('sb_publishable_test');
    merchant = client(token('merchant', bob));
    customer = client(token('customer', ada));
    good(await admin.from('user').insert([{ id: ada, email: 'ada@example.com' }, { id: bob, email: 'bob@example.com' }]));
    good(await merchant.from('category').insert([{ name: 'Books' }, { name: 'Tools' }]));
    const { data: categories } = good(await merchant.from('category').select().order('name'));
    const rows = [];
    for (let i = 0; i < 25; i += 1) {
      rows.push({ sku: `SKU-${String(i).padStart(3, '0')}`, name: `Thing ${i}`, price: 10 + i / 4, category_id: categories[i % 2].id, cost: 5 });
    }
    good(await merchant.from('product').insert(rows));
  });

  after(async () => {
    const code = await server?.stop();
    await close();
    if (server) assert.equal(code, 0);
  });

  test('select filters, orders and limits', async () => {
    const { data } = good(await anonymous.from('product').select('sku,price').gte('price', 12).lt('price', 14).order('price',
      { ascending: false }).limit(3));
    assert.deepEqual(data, [{ sku: 'SKU-015', price: 13.75 }, { sku: 'SKU-014', price: 13.5 }, { sku: 'SKU-013', price: 13.25 }]);
  });

  test('embeds go both ways, with filters on the embed', async () => {
    const { data } = good(await anonymous.from('product').select('sku,category(name)').eq('sku', 'SKU-000').single());
    assert.deepEqual(data, { sku: 'SKU-000', category: { name: 'Books' } });
    const back = good(await anonymous.from('category').select('name,product(sku)').eq('name', 'Tools').lt('product.price', 11).order('sku',
      { referencedTable: 'product' }));
    assert.deepEqual(back.data, [{ name: 'Tools', product: [{ sku: 'SKU-001' }, { sku: 'SKU-003' }] }]);
  });

  test('an inner embed restricts its parents', async () => {
    const { data } = good(await anonymous.from('category').select('name,product!inner(sku)').eq('product.sku', 'SKU-004'));
    assert.deepEqual(data, [{ name: 'Books', product: [{ sku: 'SKU-004' }] }]);
  });

  test('or, in, like, not and is', async () => {
    const { data } = good(await anonymous.from('product').select('sku').or('sku.eq.SKU-001,and(price.gt.15,name.like.*24)').order('sku'));
    assert.deepEqual(data.map((row) => row.sku), ['SKU-001', 'SKU-024']);
    const list = good(await anonymous.from('product').select('sku').in('sku', ['SKU-003', 'SKU-002', 'none, such']).not('name', 'ilike',
      '%THING 2').order('sku'));
    assert.deepEqual(list.data.map((row) => row.sku), ['SKU-003']);
    assert.equal(good(await anonymous.from('product').select('sku').is('description', null)).data.length, 25);
  });

  test('ranges, counts and head', async () => {
    const page = good(await anonymous.from('product').select('sku', { count: 'exact' }).order('sku').range(5, 9));
    assert.equal(page.count, 25);
    assert.equal(page.status, 206);
    assert.deepEqual(page.data.map((row) => row.sku), ['SKU-005', 'SKU-006', 'SKU-007', 'SKU-008', 'SKU-009']);
    const head = good(await anonymous.from('product').select('*', { count: 'exact', head: true }));
    assert.equal(head.count, 25);
    const beyond = await anonymous.from('product').select('sku', { count: 'exact' }).range(100, 110);
    assert.equal(beyond.status, 416);
    assert.equal(beyond.error.code, 'PGRST103');
  });

  test('single and maybeSingle', async () => {
    const none = await anonymous.from('product').select().eq('sku', 'none').single();
    assert.equal(none.status, 406);
    assert.equal(none.error.code, 'PGRST116');
    assert.match(none.error.details, /0 rows/);
    assert.equal(good(await anonymous.from('product').select().eq('sku', 'none').maybeSingle()).data, null);
  });

  test('field policies: cost is visible to staff only', async () => {
    const shown = good(await merchant.from('product').select().eq('sku', 'SKU-001').single());
    assert.equal(shown.data.cost, 5);
    const hidden = good(await anonymous.from('product').select().eq('sku', 'SKU-001').single());
    assert.ok(!('cost' in hidden.data));
    const named = await anonymous.from('product').select('cost');
    assert.equal(named.status, 400);
    const filtered = await anonymous.from('product').select('sku').gt('cost', 1);
    assert.equal(filtered.status, 400);
  });

  test('insert with representation, update, delete', async () => {
    const { data: category } = good(await merchant.from('category').insert({ name: 'Toys' }).select().single());
    assert.equal(category.name, 'Toys');
    const changed = good(await merchant.from('category').update({ name: 'Games' }).eq('id', category.id).select());
    assert.deepEqual(changed.data.map((row) => row.name), ['Games']);
    const removed = good(await merchant.from('category').delete().eq('id', category.id).select('name'));
    assert.deepEqual(removed.data, [{ name: 'Games' }]);
    assert.deepEqual(good(await merchant.from('category').select().eq('id', category.id)).data, []);
  });

  test('upsert merges on a unique column and can ignore duplicates', async () => {
    const { data: books } = good(await anonymous.from('category').select('id').eq('name', 'Books').single());
    const row = { sku: 'UP-1', name: 'Upserted', price: 1.5, category_id: books.id };
    good(await merchant.from('product').upsert(row, { onConflict: 'sku' }));
    const again = good(await merchant.from('product').upsert({ ...row, name: 'Twice' }, { onConflict: 'sku' }).select('name').single());
    assert.equal(again.data.name, 'Twice');
    good(await merchant.from('product').upsert({ ...row, name: 'Thrice' }, { onConflict: 'sku', ignoreDuplicates: true }));
    assert.equal(good(await anonymous.from('product').select('name').eq('sku', 'UP-1').single()).data.name, 'Twice');
    good(await merchant.from('product').delete().eq('sku', 'UP-1'));
  });

  test('constraints answer with their SQLSTATE and nothing is half written', async () => {
    const { data: books } = good(await anonymous.from('category').select('id').eq('name', 'Books').single());
    const rows = [{ sku: 'X-1', name: 'a', price: 1, category_id: books.id }, { sku: 'SKU-001', name: 'b', price: 1, category_id: books.id }];
    const duplicate = await merchant.from('product').insert(rows);
    assert.equal(duplicate.status, 409);
    assert.equal(duplicate.error.code, '23505');
    assert.deepEqual(good(await anonymous.from('product').select('sku').eq('sku', 'X-1')).data, []);
    const orphan = await merchant.from('product').insert({ sku: 'X-2', name: 'a', price: 1, category_id: ada });
    assert.equal(orphan.error.code, '23503');
    const negative = await merchant.from('product').insert({ sku: 'X-3', name: 'a', price: -1, category_id: books.id });
    assert.equal(negative.error.code, '23514');
    const missing = await merchant.from('product').insert({ sku: 'X-4', price: 1, category_id: books.id });
    assert.equal(missing.error.code, '23502');
  });

  test('row policies: a customer sees and writes only their own cart', async () => {
    const mine = good(await customer.from('cart').insert({ customer_id: ada }).select().single());
    assert.deepEqual(good(await merchant.from('cart').select()).data, []);
    assert.deepEqual(good(await customer.from('cart').select('id')).data, [{ id: mine.data.id }]);
    const foreign = await customer.from('cart').insert({ customer_id: bob });
    assert.equal(foreign.status, 403);
    assert.equal(foreign.error.code, '42501');
    const nobody = await anonymous.from('cart').insert({ customer_id: bob });
    assert.equal(nobody.status, 401);
    const product = good(await anonymous.from('product').select('id').eq('sku', 'SKU-002').single());
    good(await customer.from('cart_item').insert({ cart_id: mine.data.id, product_id: product.data.id, quantity: 2 }));
    const nested = good(await customer.from('cart').select('items(quantity,product(sku,category(name)))').single());
    assert.deepEqual(nested.data, { items: [{ quantity: 2, product: { sku: 'SKU-002', category: { name: 'Books' } } }] });
    assert.equal((await anonymous.from('reservation').select()).status, 401);
  });

  test('unknown names, relations and operators say so', async () => {
    assert.equal((await anonymous.from('nothing').select()).error.code, 'PGRST205');
    assert.equal((await anonymous.from('product').select('nope')).error.code, '42703');
    assert.equal((await anonymous.from('product').select('sku,cart(id)')).error.code, 'PGRST200');
    assert.equal((await anonymous.from('product').select().filter('sku', 'foo', 'x')).error.code, 'PGRST100');
    assert.equal((await merchant.from('product').update({ nope: 1 }).eq('sku', 'SKU-001')).error.code, 'PGRST204');
    assert.equal((await merchant.from('product').delete()).error.code, '21000');
  });

  test('contracts by profile: v1 names the order total amount and hides the card hint', async () => {
    const old = good(await customer.schema('v1').from('order').select('*'));
    assert.deepEqual(old.data, []);
    assert.equal((await customer.schema('v1').from('order').select('total')).error.code, '42703');
    good(await customer.schema('v1').from('order').select('amount'));
    good(await customer.schema('v2').from('order').select('total'));
    assert.equal((await customer.schema('v9').from('order').select('total')).error.code, 'PGRST106');
  });

  test('entity tags: 304, If-Match and lost updates', async () => {
    const url = server.url + '/rest/v1/category?name=eq.Tools';
    const bearer = token('merchant', bob);
    const single = { Accept: 'application/vnd.pgrst.object+json' };
    const first = await call(url, { bearer, headers: single });
    const tag = first.headers.get('etag');
    assert.match(tag, /^"[0-9a-f]+"$/);
    assert.equal((await call(url, { bearer, headers: { ...single, 'If-None-Match': tag } })).status, 304);
    const byId = server.url + '/rest/v1/category?id=eq.' + first.json.id;
    assert.equal((await call(byId, { method: 'PATCH', bearer, headers: { 'If-Match': tag }, body: { name: 'Tools!' } })).status, 204);
    const lost = await call(byId, { method: 'PATCH', bearer, headers: { 'If-Match': tag }, body: { name: 'Lost' } });
    assert.equal(lost.status, 412);
    assert.equal((await call(byId, { method: 'PATCH', bearer, body: { name: 'Tools' } })).status, 204);
    assert.equal((await call(url, { method: 'PATCH', bearer, headers: { 'If-Match': tag }, body: { name: 'x' } })).status, 400);
  });

  test('idempotency keys replay their answer and refuse another payload', async () => {
    const url = server.url + '/rest/v1/category';
    const bearer = token('merchant', bob);
    const headers = { 'Idempotency-Key': '"k-1"', Prefer: 'return=representation' };
    const first = await call(url, { method: 'POST', bearer, headers, body: { name: 'Once' } });
    const again = await call(url, { method: 'POST', bearer, headers, body: { name: 'Once' } });
    assert.equal(first.status, 201);
    assert.equal(again.status, 201);
    assert.equal(again.text, first.text);
    assert.equal((await call(url, { method: 'POST', bearer, headers, body: { name: 'Other' } })).status, 422);
    assert.equal((await call(url + '?name=eq.Once', { method: 'DELETE', bearer })).status, 204);
  });

  test('keyset pages follow the Link header to the end without gap or repeat', async () => {
    const seen = [];
    let next = '/rest/v1/product?select=sku,price&order=price.desc&limit=7';
    for (let page = 0; next && page < 10; page += 1) {
      const answer = await call(server.url + next, { bearer: token('customer', ada) });
      assert.equal(answer.status, 200, answer.text);
      seen.push(...answer.json.map((row) => row.sku));
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    assert.equal(seen.length, 25);
    assert.equal(new Set(seen).size, 25);
  });

  test('the root answers an OpenAPI document that differs by who asks', async () => {
    const whole = await call(server.url + '/rest/v1/');
    const part = await call(server.url + '/rest/v1/', { bearer: token('customer', ada) });
    assert.equal(whole.json.openapi, '3.1.0');
    assert.ok(whole.text.includes('"cost"'));
    assert.ok(!part.text.includes('"cost"'));
  });

  test('CORS, OPTIONS and unsupported methods', async () => {
    const preflight = await call(server.url + '/rest/v1/product',
      { method: 'OPTIONS', headers: { Origin: 'http://a.example', 'Access-Control-Request-Method': 'POST' } });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get('access-control-allow-methods'), /PATCH/);
    assert.equal(preflight.headers.get('access-control-allow-credentials'), null);
    const put = await call(server.url + '/rest/v1/product', { method: 'PUT', body: {} });
    assert.equal(put.status, 405);
  });
}
