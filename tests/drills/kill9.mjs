// kill -9 at random instants under mixed writes: every acknowledged insert, update and delete is there after the restart.
//   node tests/drills/kill9.mjs [ROUNDS]    (default 20; KINGPOST_DRILL_ROUNDS)
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { serve, temporary, call } from '../e2e/harness.mjs';

const rounds = Number(process.argv[2] ?? process.env.KINGPOST_DRILL_ROUNDS ?? 20);
const temp = temporary();
const model = join(temp.path, 'drill.yaml');
const file = join(temp.path, 'drill.db');
writeFileSync(model, `kingpost: 1
system: drill
entities:
  item:
    key: [id]
    fields:
      id: int
      version: int
      note: text optional
    access:
      all: true
contracts:
  v1: {current: true}
`);

let seed = Number(process.env.KINGPOST_DRILL_SEED ?? Date.now() % 2147483647);
const random = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
console.log(`seed ${seed}, ${rounds} rounds`);

// id → what must hold: {low, high}: the version is at least the acknowledged and at most the attempted one; gone: null, 'maybe', 'yes'
const items = new Map();
let next = 1;

async function writer(url, stop) {
  const own = [];
  while (!stop.now) {
    const dice = random();
    try {
      if (own.length === 0 || dice < 0.5) {
        const id = next++;
        items.set(id, { low: 0, high: 1, gone: null });
        const answer = await call(url, { method: 'POST', body: { id, version: 1 } });
        if (answer.status === 201) { items.get(id).low = 1; own.push(id); } else if (answer.status < 500) throw new Error(answer.text);
      } else if (dice < 0.85) {
        const id = own[Math.floor(random() * own.length)];
        const item = items.get(id);
        item.high += 1;
        const version = item.high;
        const answer = await call(`${url}?id=eq.${id}`, { method: 'PATCH', body: { version } });
        if (answer.status === 204) item.low = version; else if (answer.status < 500) throw new Error(answer.text);
      } else {
        const id = own.splice(Math.floor(random() * own.length), 1)[0];
        items.get(id).gone = 'maybe';
        const answer = await call(`${url}?id=eq.${id}`, { method: 'DELETE' });
        if (answer.status === 204) items.get(id).gone = 'yes'; else if (answer.status < 500) throw new Error(answer.text);
      }
    } catch (error) {
      if (stop.now || error.cause) return;
      throw error;
    }
  }
}

async function stored(url) {
  const rows = new Map();
  for (let from = 0; ; from += 1000) {
    const answer = await call(`${url}?select=id,version&order=id&limit=1000&offset=${from}`);
    for (const row of answer.json) rows.set(row.id, row.version);
    if (answer.json.length < 1000) return rows;
  }
}

function lost(rows) {
  const out = [];
  for (const [id, item] of items) {
    const version = rows.get(id);
    if (item.gone === 'yes' && version !== undefined) out.push(`item ${id}: an acknowledged delete is undone`);
    if (item.gone === null && item.low > 0 && version === undefined) out.push(`item ${id}: an acknowledged insert is gone`);
    if (version !== undefined && (version < item.low || version > item.high)) out.push(`item ${id}: version ${version}, acknowledged ${item.low}`);
    // What was found is the truth from here on.
    if (version === undefined) items.delete(id); else { item.low = version; item.high = Math.max(item.high, version); item.gone = null; }
  }
  return out;
}

let acknowledged = 0;
let failures = 0;
for (let round = 1; round <= rounds; round += 1) {
  const begun = Date.now();
  const server = await serve(model, 'sqlite:' + file);
  const ready = Date.now() - begun;
  const url = server.url + '/rest/v1/item';
  const before = lost(await stored(url));
  for (const line of before) { console.log('LOST', line); failures += 1; }
  const stop = { now: false };
  const writers = Array.from({ length: 8 }, () => writer(url, stop));
  await new Promise((done) => setTimeout(done, 50 + random() * 250));
  const killed = server.kill();
  stop.now = true;
  await killed;
  await Promise.all(writers);
  acknowledged = [...items.values()].filter((item) => item.low > 0).length;
  if (ready > 1000) { console.log(`round ${round}: ready only after ${ready} ms`); failures += 1; }
}
const server = await serve(model, 'sqlite:' + file);
for (const line of lost(await stored(server.url + '/rest/v1/item'))) { console.log('LOST', line); failures += 1; }
await server.stop();
const check = spawnSync('sqlite3', [file, 'pragma integrity_check'], { encoding: 'utf8' });
if (check.stdout.trim() !== 'ok') { console.log('integrity', check.stdout); failures += 1; }
temp.remove();
console.log(`${rounds} kills, ${next - 1} inserts tried, ${acknowledged} rows alive and acknowledged, ${failures} lost`);
process.exit(failures === 0 && next > rounds ? 0 : 1);
