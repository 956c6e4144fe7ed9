// `serve --mock`: plausible answers without a database, under the model's own policies; commands are checked and answered.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { binary, call, root, run, temporary } from './harness.mjs';

// A temporary folder of its own, so that what is left there is this server's.
const place = temporary();
const environment = { ...process.env, TMPDIR: place.path };
const folders = () => readdirSync(place.path);

/// Starts the mock and reads the tokens that it prints.
function mock(model, args = []) {
  return new Promise((accept, reject) => {
    const child = spawn(binary, ['serve', join(root, 'examples', model), '--mock', '--port', '0', '--threads', '1', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    let out = '';
    let log = '';
    const ready = () => {
      const url = /health\s+(http:\/\/\S+)\/health\/ready/.exec(log)?.[1];
      const tokens = Object.fromEntries([...out.matchAll(/^export TOKEN_(\w+)=(\S+)$/gm)].map((found) => [found[1].toLowerCase(), found[2]]));
      if (url && Object.keys(tokens).length > 0) accept({ url, tokens, log: () => log, stop: () => new Promise((done) => { child.once('exit', done); child.kill('SIGTERM'); }) });
    };
    child.stdout.on('data', (chunk) => { out += chunk; ready(); });
    child.stderr.on('data', (chunk) => { log += chunk; ready(); });
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${log}`)));
  });
}

const shop = await mock('shop/shop.yaml', ['--mock-rows', 'product=7']);
after(async () => { await shop.stop(); place.remove(); });
const { customer, merchant } = shop.tokens;
const place_order = (given, headers = {}) => call(shop.url + '/rest/v1/rpc/place_order', {
  method: 'POST', bearer: customer, headers: { 'Idempotency-Key': 'a', ...headers }, body: given,
});

test('rows are there, as many as were asked for, and the policies hold', async () => {
  const products = await call(shop.url + '/rest/v1/product?select=*,category(name)', { bearer: customer });
  assert.equal(products.json.length, 7);
  assert.ok(products.json.every((product) => product.category.name && product.cost === undefined));
  const staff = await call(shop.url + '/rest/v1/product?limit=1', { bearer: merchant });
  assert.ok('cost' in staff.json[0]);
  const [category] = (await call(shop.url + '/rest/v1/category?limit=1')).json;
  const refused = await call(shop.url + '/rest/v1/category', { method: 'POST', bearer: customer, body: { name: 'Mine', parent_id: category.id } });
  assert.equal(refused.status, 403, refused.text);
  const order = await call(shop.url + '/rest/v1/order', { method: 'POST', bearer: customer, body: { note: 'a' } });
  assert.equal(order.status, 403, 'a denial comes before what this version does not execute');
  assert.equal((await call(shop.url + '/rest/v1/cart')).status, 401, 'without a token nobody is administrator');
});

test('writes last while it runs', async () => {
  const [category] = (await call(shop.url + '/rest/v1/category?limit=1', { bearer: merchant })).json;
  const made = await call(shop.url + '/rest/v1/product', {
    method: 'POST', bearer: merchant, headers: { Prefer: 'return=representation' }, body: { sku: 'new', name: 'New', price: 3, category_id: category.id },
  });
  assert.equal(made.status, 201, made.text);
  assert.equal((await call(shop.url + '/rest/v1/product?sku=eq.new', { bearer: merchant })).json.length, 1);
});

test('a command is answered by a record of what it returns, in the shape that was asked for', async () => {
  const cart = (await call(shop.url + '/rest/v1/cart?limit=1', { bearer: customer })).json[0].id;
  const placed = await place_order({ cart });
  assert.equal(placed.status, 200, placed.text);
  assert.ok(placed.json.id && placed.json.status && placed.json.total !== undefined);
  const shaped = await call(shop.url + '/rest/v1/rpc/place_order?select=id,items(quantity)', {
    method: 'POST', bearer: customer, headers: { 'Idempotency-Key': 'b' }, body: { cart },
  });
  assert.deepEqual(Object.keys(shaped.json).sort(), ['id', 'items']);
});

test('what a command would refuse before it looks at data is refused', async () => {
  const cart = '018f5b2e-0000-7000-8000-000000000001';
  assert.equal((await call(shop.url + '/rest/v1/rpc/burn', { method: 'POST', bearer: customer, body: {} })).json.code, 'PGRST202');
  assert.equal((await call(shop.url + '/rest/v1/rpc/place_order', { bearer: customer })).status, 405);
  assert.equal((await call(shop.url + '/rest/v1/rpc/place_order', { method: 'POST', bearer: customer, body: { cart } })).json.code, 'kp-idempotency-key');
  const wrong = await place_order({ kart: 1 });
  assert.equal(wrong.status, 400);
  assert.deepEqual(wrong.json.errors.map((error) => error.pointer), ['/kart', '/cart']);
  assert.equal((await place_order('[')).status, 400);
  assert.equal((await place_order({ cart, note: 'x'.repeat(501) })).json.errors[0].pointer, '/note');
  const engine = await call(shop.url + '/rest/v1/rpc/release_stock', { method: 'POST', bearer: merchant, body: { order: cart } });
  assert.equal(engine.status, 403, 'only the engine calls it');
});

test('tenants have a mock too', async () => {
  const desk = await mock('saas/saas.yaml');
  try {
    const tickets = await call(desk.url + '/rest/v1/ticket?select=subject,organisation_id', { bearer: desk.tokens.agent });
    assert.ok(tickets.json.length > 0, tickets.text);
    assert.equal(new Set(tickets.json.map((ticket) => ticket.organisation_id)).size, 1);
  } finally {
    await desk.stop();
  }
});

test('it leaves nothing behind, and wants either a database or --mock', async () => {
  assert.equal(folders().length, 1, 'only the shop that still runs');
  for (const args of [[], ['--mock', '--database', 'sqlite:/tmp/a.db'], ['--mock', '--mock-rows', 'nothing=3'], ['--mock', '--mock-rows', 'product']]) {
    const refused = run(['serve', join(root, 'examples/shop/shop.yaml'), ...args], { env: environment });
    assert.equal(refused.code, 2, args.join(' '));
    assert.match(refused.err, /kingpost: /);
  }
  assert.equal(folders().length, 1);
});
