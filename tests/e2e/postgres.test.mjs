// The same flows (an unmodified @supabase/postgrest-js from tests/judges/package.json) over a private PostgreSQL cluster.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { call, root, run, serve, token } from './harness.mjs';
import { cluster } from './postgres_cluster.mjs';
import { shopFlows } from './shop_flows.mjs';

const shop = join(root, 'examples/shop/shop.yaml');
const postgres = await cluster();
after(() => postgres.remove());

shopFlows({ open: () => postgres.url('flows'), close: () => {} });

test('migrate, seed and serve one after the other', async () => {
  const database = postgres.url('seeded');
  const applied = run(['migrate', 'apply', shop, '--database', database]);
  assert.equal(applied.code, 0, applied.err);
  const seeded = run(['seed', shop, '--database', database, '--rows', 'product=50']);
  assert.equal(seeded.code, 0, seeded.err);
  assert.equal(postgres.sql('select count(*) from product', 'seeded').trim(), '50');
  const server = await serve(shop, database);
  const counted = await call(server.url + '/rest/v1/product?select=sku&limit=1', { headers: { Prefer: 'count=exact' } });
  assert.equal(counted.headers.get('content-range'), '0-0/50');
  assert.equal(await server.stop(), 0);
});

test('estimates are the planner\'s where no policy chooses rows, and a count where one does', async (t) => {
  const database = postgres.url('estimated');
  assert.equal(run(['migrate', 'apply', shop, '--database', database]).code, 0);
  assert.equal(run(['seed', shop, '--database', database, '--rows', 'product=1500']).code, 0);
  for (const table of ['product', '"order"']) {
    postgres.sql(`alter table ${table} set (autovacuum_enabled = false); analyze ${table}; ` +
      `update pg_class set reltuples = reltuples * 2 where oid = '${table}'::regclass`, 'estimated');
  }
  const server = await serve(shop, database);
  t.after(() => server.stop());
  const range = async (query, count, more = {}) => {
    const answer = await call(`${server.url}/rest/v1/${query}`, { headers: { Prefer: 'count=' + count }, ...more });
    return answer.headers.get('content-range');
  };
  assert.equal(await range('product?select=sku&limit=1', 'exact'), '0-0/1500');
  assert.equal(await range('product?select=sku&limit=1', 'planned'), '0-0/3000');
  assert.equal(await range('product?select=sku&limit=1', 'estimated'), '0-0/3000');
  const [first] = (await call(`${server.url}/rest/v1/product?select=id&limit=1`)).json;
  assert.equal(await range(`product?select=sku&id=eq.${first.id}`, 'estimated'), '0-0/1');
  assert.notEqual(await range('order?select=id&limit=1', 'planned'), await range('order?select=id&limit=1', 'exact'));
  const [order] = (await call(`${server.url}/rest/v1/order?select=customer_id&limit=1`)).json;
  const customer = { bearer: token('customer', order.customer_id) };
  const seen = await range('order?select=id&limit=1', 'exact', customer);
  assert.equal(await range('order?select=id&limit=1', 'planned', customer), seen);
  assert.equal(await range('order?select=id&limit=1', 'estimated', customer), seen);
  const head = await call(`${server.url}/rest/v1/product?limit=10`, { method: 'HEAD', headers: { Prefer: 'count=planned' } });
  assert.deepEqual([head.status, head.headers.get('content-range'), head.headers.get('etag'), head.headers.get('content-length')],
    [206, '0-9/3000', null, null]);
  const plan = run(['explain', shop, 'POST /rest/v1/cart', '--as', 'customer', '--user', '018f0000-0000-7000-8000-0000000000a1', '--body',
    '{"customer_id":"018f0000-0000-7000-8000-0000000000a1"}', '--database', database]);
  assert.match(plan.out, /only where a constraint is violated: check proposed cart/, plan.err);
});
