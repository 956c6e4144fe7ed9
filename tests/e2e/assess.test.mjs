// `kingpost review` on files that somebody else made: findings with places, reports, a draft model that checks, bad input.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, temporary, root } from './harness.mjs';

const temp = temporary();
after(() => temp.remove());

let made = 0;
function folder(files) {
  const path = join(temp.path, `case${++made}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const schema = `CREATE TABLE customer (id bigserial PRIMARY KEY, name varchar(80) NOT NULL);
CREATE TABLE purchase (
  id bigserial PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customer ON DELETE CASCADE,
  total double precision
);
CREATE TABLE line (id bigserial PRIMARY KEY, purchase_id bigint REFERENCES purchase, note text);
`;
const compose = `services:
  web:
    image: shop:1.2
    ports: ["8080:8080"]
    depends_on: [db]
    environment:
      DATABASE_PASSWORD: correct-horse-battery
  db:
    image: postgres:16
    volumes: [data:/var/lib/postgresql/data]
volumes: {data: {}}
`;
const openapi = JSON.stringify({
  openapi: '3.1.0', info: { title: 'Shop', version: '1.0.0' },
  paths: { '/purchases': { get: { operationId: 'list', responses: { 200: { description: 'all', content: { 'application/json': { schema: { type: 'array', items: { type: 'object' } } } } } } } } },
});
const shop = () => folder({ 'db/schema.sql': schema, 'docker-compose.yml': compose, 'api/openapi.json': openapi, 'README.md': 'nothing' });

test('a folder is read as a whole; findings have places, and the exit code says that there are some', () => {
  const result = run(['review', shop()]);
  assert.equal(result.code, 1, result.err);
  assert.match(result.out, /read 1 SQL file \(3 tables, 2 foreign keys/);
  assert.match(result.out, /sch-float-money/);
  assert.match(result.out, /db\/schema\.sql:5:3/);
  assert.match(result.out, /sec-secret-literal/);
  assert.match(result.out, /api-unbounded-list/);
  assert.match(result.out, /Service boundaries: keep one service/);
});

test('JSON, SARIF and GitHub say the same findings', () => {
  const path = shop();
  const json = JSON.parse(run(['review', path, '--format', 'json']).out);
  const sarif = JSON.parse(run(['review', path, '--format', 'sarif']).out);
  const github = run(['review', path, '--format', 'github']).out.trim().split('\n');
  assert.ok(json.findings.length > 3);
  assert.equal(sarif.version, '2.1.0');
  assert.equal(sarif.runs[0].results.length, json.findings.length);
  assert.equal(github.length, json.findings.length);
  const ids = new Set(sarif.runs[0].tool.driver.rules.map((rule) => rule.id));
  for (const result of sarif.runs[0].results) assert.ok(ids.has(result.ruleId) || result.ruleId.startsWith('foreign-'), result.ruleId);
  for (const finding of json.findings) assert.ok(finding.line >= 1 && finding.column >= 1, JSON.stringify(finding));
  assert.equal(json.errors + json.warnings + json.notes, json.findings.length);
});

test('-o writes a report with diagrams, boundaries, a plan and a draft model that checks, the same twice', () => {
  const path = shop();
  const out = join(temp.path, 'report');
  const result = run(['review', path, '-o', out]);
  assert.equal(result.code, 1, result.err);
  const files = readdirSync(out).sort();
  for (const name of ['report.md', 'report.html', 'findings.json', 'findings.sarif', 'er.mmd', 'er.svg', 'c4-containers.mmd', 'c4-containers.svg', 'boundaries.json', 'strangler-plan.md', 'model.yaml']) {
    assert.ok(files.includes(name), `${name} is missing from ${files}`);
  }
  assert.match(readFileSync(join(out, 'er.mmd'), 'utf8'), /"customer" \|\|--o\{ "purchase"/);
  assert.match(readFileSync(join(out, 'c4-containers.mmd'), 'utf8'), /ContainerDb\(n1, "db"/);
  assert.match(readFileSync(join(out, 'strangler-plan.md'), 'utf8'), /Way back/);
  const checked = run(['check', join(out, 'model.yaml')]);
  assert.equal(checked.code, 0, checked.out + checked.err);
  const again = join(temp.path, 'again');
  run(['review', path, '-o', again]);
  for (const name of files) assert.deepEqual(readFileSync(join(again, name)), readFileSync(join(out, name)), name);
});

test('--as-model writes the draft alone, and --no-pictures leaves pictures out', () => {
  const path = shop();
  const model = join(temp.path, 'draft.yaml');
  assert.equal(run(['review', path, '--as-model', model]).code, 1);
  assert.equal(run(['check', model]).code, 0);
  assert.equal(run(['fmt', '--check', model]).code, 0);
  const out = join(temp.path, 'plain');
  run(['review', path, '-o', out, '--no-pictures']);
  assert.deepEqual(readdirSync(out).filter((name) => name.endsWith('.svg')), []);
});

test('one model is still judged as a model', () => {
  const result = run(['review', join(root, 'examples/flawed/flawed.yaml'), '--format', 'json']);
  assert.equal(result.code, 1);
  assert.ok(JSON.parse(result.out).diagnostics.length > 5);
});

test('what does not parse is a finding with its place, and the rest is judged', () => {
  const path = folder({ 'schema.sql': 'CREATE TABL broken (x int);\n' + schema, 'openapi.json': '{"openapi": "3.1.0", "paths": {', 'k8s/all.yaml': 'apiVersion: v1\nkind: Service\n  bad: [' });
  const json = JSON.parse(run(['review', path, '--format', 'json']).out);
  const broken = json.findings.filter((one) => one.code.startsWith('foreign-'));
  for (const name of ['schema.sql', 'openapi.json', 'all.yaml']) assert.ok(broken.some((one) => one.file.endsWith(name)), name);
  assert.ok(json.findings.some((one) => one.code === 'sch-float-money'));
});

test('links, other people\'s packages and nothing at all', () => {
  const outside = folder({ 'secret.sql': schema });
  const path = folder({ 'node_modules/p/schema.sql': schema, 'notes.txt': 'x' });
  symlinkSync(outside, join(path, 'link'));
  const empty = run(['review', path]);
  assert.equal(empty.code, 2);
  assert.match(empty.err, /Nothing was found/);
  const missing = run(['review', join(temp.path, 'none')]);
  assert.equal(missing.code, 2);
  assert.match(missing.err, /not there/);
});

test('a file without findings exits with 0', () => {
  const path = folder({ 'demo.proto': 'syntax = "proto3";\npackage shop.orders.v1;\nservice Orders { rpc GetOrder(GetOrderRequest) returns (Order); }\nmessage GetOrderRequest { string id = 1; }\nmessage Order { string id = 1; }\n' });
  const result = run(['review', path]);
  assert.equal(result.code, 0, result.out + result.err);
});

test('a hostile name drives no terminal and breaks no file', () => {
  const path = folder({ 'x.sql': 'CREATE TABLE "\u001b[31mred</script><script>alert(1)</script>" (id bigint PRIMARY KEY, "a`|b" real, price real);\n' });
  const out = join(temp.path, 'hostile');
  const result = run(['review', path, '-o', out]);
  assert.ok(!result.out.includes('\u001b'));
  for (const name of readdirSync(out)) {
    const text = readFileSync(join(out, name), 'utf8');
    if (name.endsWith('.html') || name.endsWith('.svg')) assert.ok(!text.includes('<script'), name);
    if (name.endsWith('.json') || name.endsWith('.sarif')) JSON.parse(text);
    assert.ok(!text.includes('\u001b'), name);
  }
});
