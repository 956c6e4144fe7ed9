// The same flows (an unmodified @supabase/postgrest-js from tests/judges/package.json) over a private PostgreSQL cluster.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { call, root, run, serve } from './harness.mjs';
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
