// An unmodified @supabase/postgrest-js (from tests/judges/package.json) against a shop over SQLite.
import { join } from 'node:path';
import { temporary } from './harness.mjs';
import { shopFlows } from './shop_flows.mjs';

const temp = temporary();
shopFlows({ open: () => 'sqlite:' + join(temp.path, 'shop.db'), close: () => temp.remove() });
