// The decisions command as a user meets it: formats, files, what another load changes, a tiny model, and what it refuses.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root, run, temporary } from './harness.mjs';

const shop = join(root, 'examples/shop/shop.yaml');
const tiny = join(root, 'tests/cases/decide/tiny.yaml');
const made = temporary();
after(() => made.remove());

function decisions(model, ...more) {
  const done = run(['decisions', model, '--format', 'json', ...more]);
  assert.equal(done.code, 0, done.err);
  return JSON.parse(done.out);
}

const choices = (document) => new Map(document.decisions.map((one) => [`${one.kind} ${one.element ?? ''}`, one.choice]));

test('every format is printed, the same bytes each time', () => {
  for (const [format, begin] of [['text', 'Decisions of shop'], ['markdown', '# Decisions of shop'], ['json', '{']]) {
    const done = run(['decisions', shop, '--format', format]);
    assert.equal(done.code, 0, done.err);
    assert.ok(done.out.startsWith(begin), format);
    assert.equal(run(['decisions', shop, '--format', format]).out, done.out);
  }
});

test('every threshold names a figure with its basis and a bound with its source', () => {
  const document = decisions(shop);
  const bounds = new Map(document.bounds.map((row) => [row.name, row]));
  for (const one of document.decisions) {
    for (const threshold of one.thresholds) {
      for (const crossing of threshold.all) {
        assert.match(document.figures[crossing.figure].basis, /^(declared|measured|assumed|derived)$/);
        assert.equal(crossing.value, bounds.get(crossing.bound).value);
        assert.ok(bounds.get(crossing.bound).source.length > 0);
      }
    }
  }
});

test('a hundred times the load changes what the outlook says, and nothing else', () => {
  const now = decisions(shop);
  const later = choices(decisions(shop, '--factor', '100'));
  const told = new Map(now.outlook.find((one) => one.factor === 100).changes.map((one) => [`${one.kind} ${one.element ?? ''}`, one.to]));
  assert.ok(told.size >= 4);
  for (const [key, choice] of choices(now)) assert.equal(later.get(key), told.get(key) ?? choice, key);
});

test('a tiny model is told that a modular monolith on SQLite is enough', () => {
  const made = choices(decisions(tiny));
  assert.equal(made.get('topology '), 'modular monolith');
  assert.equal(made.get('database '), 'SQLite');
});

test('a folder gets a file a question, and every link between them leads somewhere', () => {
  const done = run(['decisions', shop, '-o', made.path]);
  assert.equal(done.code, 0, done.err);
  const index = readFileSync(join(made.path, 'decisions/README.md'), 'utf8');
  const links = [...index.matchAll(/\]\((\d{4}-[a-z-]+\.md)\)/g)].map((match) => match[1]);
  assert.ok(new Set(links).size >= 18);
  for (const link of links) {
    const page = readFileSync(join(made.path, 'decisions', link), 'utf8');
    for (const inner of page.matchAll(/\]\((\d{4}-[a-z-]+\.md)\)/g)) assert.ok(existsSync(join(made.path, 'decisions', inner[1])), `${link} → ${inner[1]}`);
  }
  const plan = JSON.parse(readFileSync(join(made.path, 'caching-plan.json'), 'utf8'));
  for (const query of plan.queries) {
    if (query.sharedBy !== 'public') assert.match(query.headers['Cache-Control'], /^private/, query.query);
  }
});

test('a factor that is none, or a model that is none, is refused', () => {
  assert.equal(run(['decisions', shop, '--factor', '0']).code, 2);
  assert.notEqual(run(['decisions', join(made.path, 'absent.yaml')]).code, 0);
});
