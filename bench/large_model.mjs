// A large model or schema, the same every time:
//   node bench/large_model.mjs model 300 > large.yaml      services of about twenty entities, references, queries, policies, commands, events
//   node bench/large_model.mjs sql 140 | sqlite3 large.db  tables with keys inside and between clusters, to import
// It shows how `design` and `review` grow; the names are made of words so that pictures look like real ones.
const [kind, count] = [process.argv[2], Number(process.argv[3])];
if (!['model', 'sql'].includes(kind) || !Number.isInteger(count) || count < 1 || count > 2000) {
  console.error('usage: large_model.mjs model|sql COUNT (1 to 2000)');
  process.exit(2);
}

let state = 20_260_101;
/// A number below `limit`; Lehmer's generator, so that every machine makes the same model.
function random(limit) {
  state = (state * 48_271) % 2_147_483_647;
  return state % limit;
}
const pick = (list) => list[random(list.length)];

const areas = ['billing', 'catalog', 'shipping', 'support', 'hr', 'payroll', 'fleet', 'loyalty', 'pricing', 'purchasing', 'quality', 'returns',
  'subscription', 'tax', 'warehouse', 'marketing', 'content', 'audit', 'planning', 'projects'];
const nouns = ['account', 'batch', 'contract', 'document', 'entry', 'event_log', 'item', 'line', 'location', 'member', 'note', 'party', 'period',
  'plan', 'price', 'rate', 'request', 'rule', 'schedule', 'status_change', 'task', 'template', 'type', 'unit', 'version'];
const fields = [['name', 'string(120)', 'TEXT NOT NULL'], ['code', 'string(32) unique', 'TEXT NOT NULL UNIQUE'],
  ['amount', 'decimal(12,2) min(0)', 'NUMERIC(12,2) NOT NULL'], ['quantity', 'int min(0)', 'INTEGER NOT NULL'], ['valid_from', 'date optional', 'DATE'],
  ['valid_to', 'date optional', 'DATE'], ['active', 'bool default(true)', 'BOOLEAN NOT NULL DEFAULT 1'], ['comment', 'text optional', 'TEXT'],
  ['changed_at', 'timestamp optional', 'DATETIME'], ['position', 'int32 optional', 'INTEGER'], ['email', 'string(200) optional', 'TEXT'],
  ['reference', 'string(64) optional', 'TEXT']];

const size = Math.max(1, Math.min(20, Math.ceil(count / 7)));
const entities = [];
for (let at = 0; at < count; at += 1) {
  const cluster = Math.floor(at / size);
  const area = areas[cluster % areas.length] + (cluster >= areas.length ? Math.floor(cluster / areas.length) + 1 : '');
  const noun = nouns[(at % size) % nouns.length];
  const entity = { area, name: `${area}_${noun}`, fields: [], refs: [] };
  const wanted = 3 + random(6);
  for (const field of fields) if (entity.fields.length < wanted && random(2) === 0) entity.fields.push(field);
  if (entity.fields.length === 0) entity.fields.push(fields[0]);
  const first = cluster * size;
  const seen = new Set();
  const refer = (target) => {
    if (target >= at || seen.has(target)) return;
    seen.add(target);
    entity.refs.push({ to: entities[target].name, optional: random(3) === 0 });
  };
  if (at > first) refer(first + random(at - first));
  if (at > first && random(4) !== 0) refer(first + random(at - first));
  if (at > first && random(2) === 0) refer(first + random(at - first));
  if (random(3) === 0) refer(Math.min(random(cluster + 1) * size, count - 1));
  if (at > 0 && random(5) === 0) refer(random(at));
  entities.push(entity);
}

const role = (target, used) => {
  const short = target.split('_').slice(1).join('_') || target;
  return used.has(short) ? target : short;
};

function print_model() {
  const out = ['kingpost: 1', 'system: large', `summary: ${count} entities, to measure with.`, 'roles:', '  clerk:', '  manager:', '    inherits: [clerk]',
    'policies:', '  staff: has_role("clerk")', '  lead: has_role("manager")', 'services:'];
  const home = new Map(entities.map((one) => [one.name, one.area]));
  for (const area of new Set(entities.map((one) => one.area))) {
    out.push(`  ${area}:`);
    const used = new Set(entities.filter((one) => one.area === area).flatMap((one) => one.refs.map((ref) => ref.to)).filter((to) => home.get(to) !== area));
    if (used.size > 0) out.push('    uses:', ...[...used].map((to) => `      ${to}: []`));
  }
  out.push('entities:');
  for (const entity of entities) {
    out.push(`  ${entity.name}:`, `    service: ${entity.area}`, '    fields:');
    const used = new Set();
    for (const ref of entity.refs) {
      const name = role(ref.to, used);
      used.add(name);
      out.push(`      ${name}: ref(${ref.to})${ref.optional ? ' optional' : ''} on_delete(restrict)`);
    }
    for (const [name, type] of entity.fields) if (!used.has(name)) out.push(`      ${name}: ${type}`);
    out.push('    access:', `      read: ${pick(['true', 'staff', 'staff'])}`, '      write: lead');
  }
  const tops = entities.filter((one, at) => at % size === 0);
  out.push('commands:');
  for (const one of tops) {
    out.push(`  drop_${one.name}:`, `    service: ${one.area}`, '    input:', `      target: ref(${one.name})`, '    allow: lead', '    steps:',
      '      - lock: input.target', `      - delete: ${one.name}`, '        where: row.id == input.target.id', `      - emit: ${one.name}_dropped`,
      '        data: {target: input.target.id}');
  }
  out.push('events:');
  for (const one of tops) out.push(`  ${one.name}_dropped:`, '    version: 1', '    key: target', '    data:', '      target: uuid');
  out.push('contracts:', '  v1: {current: true}');
  return out.join('\n') + '\n';
}

function print_sql() {
  const out = [];
  for (const entity of entities) {
    const columns = ['  id INTEGER PRIMARY KEY'];
    const keys = [];
    const used = new Set();
    for (const ref of entity.refs) {
      const name = role(ref.to, used) + '_id';
      used.add(role(ref.to, used));
      columns.push(`  ${name} INTEGER${ref.optional ? '' : ' NOT NULL'}`);
      keys.push(`  FOREIGN KEY (${name}) REFERENCES ${ref.to}(id)`);
    }
    for (const [name, , type] of entity.fields) columns.push(`  ${name} ${type}`);
    out.push(`CREATE TABLE ${entity.name} (\n${[...columns, ...keys].join(',\n')}\n);`);
  }
  return out.join('\n') + '\n';
}

process.stdout.write(kind === 'model' ? print_model() : print_sql());
