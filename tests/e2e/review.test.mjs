// `kingpost review` as people and pipelines use it: fixes, acceptances in kingpost.lock, and every form of output.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root, run, temporary } from './harness.mjs';

const flawed = join(root, 'examples/flawed/flawed.yaml');

const json = (args, options) => JSON.parse(run(['review', ...args, '--format', 'json'], options).out);
const keys = (report) => report.diagnostics.map((one) => `${one.code}:${one.element}`);

function copied(name = 'flawed.yaml', from = flawed) {
  const place = temporary();
  const file = join(place.path, name);
  copyFileSync(from, file);
  return { place, file };
}

test('the good examples have no open finding and at most five accepted ones; the flawed one has many', () => {
  for (const name of ['shop', 'saas']) {
    const result = run(['review', join(root, `examples/${name}/${name}.yaml`)]);
    assert.equal(result.code, 0, result.out + result.err);
    const report = json([join(root, `examples/${name}/${name}.yaml`)]);
    assert.ok(report.accepted <= 5);
    assert.deepEqual(report.stale, []);
  }
  const report = json([flawed]);
  assert.ok(report.errors > 10 && report.warnings > 20);
  assert.ok(new Set(report.diagnostics.map((one) => one.code)).size >= 30);
});

test('--fix mends what it can, adds no finding, and leaves a canonical model with its comments', () => {
  const { place, file } = copied();
  const before = json([file]);
  const text = readFileSync(file, 'utf8');
  const fixed = run(['review', file, '--fix']);
  assert.match(fixed.err, /fixed sch-int32-pk at vital_sign\.id/);
  const after = json([file]);
  assert.ok(after.diagnostics.length <= before.diagnostics.length - 25, `${before.diagnostics.length} → ${after.diagnostics.length}`);
  const known = new Set(keys(before));
  assert.deepEqual(keys(after).filter((key) => !known.has(key)), []);
  assert.equal(run(['check', file]).code, 0);
  assert.equal(run(['fmt', '--check', file]).code, 0);
  const comments = (model) => model.split('\n').filter((line) => line.includes('#'));
  assert.deepEqual(comments(readFileSync(file, 'utf8')), comments(text));
  const again = readFileSync(file, 'utf8');
  run(['review', file, '--fix']);
  assert.equal(readFileSync(file, 'utf8'), again, 'a second --fix has nothing to do');
  place.remove();
});

test('--fix follows imports and keeps the text around an edit', () => {
  const place = temporary();
  writeFileSync(join(place.path, 'main.yaml'), '# the root\nkingpost: 1\nsystem: sample\nimport:\n  - part.yaml\ncontracts: {v1: {current: true}}\n');
  const part = '# the part\nentities:\n  shelf:\n    fields:\n      # who keeps it\n      keeper: ref(user)   # a person\n    access: {read: row.keeper == auth.uid}\n';
  writeFileSync(join(place.path, 'part.yaml'), part);
  run(['review', join(place.path, 'main.yaml'), '--fix']);
  assert.equal(readFileSync(join(place.path, 'part.yaml'), 'utf8'), part.replace('ref(user)', 'ref(user) on_delete(restrict)'));
  place.remove();
});

test('--accept writes a reason beside the model, keeps what others wrote there, and stale acceptances are told', () => {
  const { place, file } = copied();
  const lock = join(place.path, 'kingpost.lock');
  writeFileSync(lock, '# kept\nversion: 1\nproto:\n  Order:\n    id: 1\n');
  const without = run(['review', file, '--accept', 'svc-cycle']);
  assert.equal(without.code, 2);
  assert.match(without.err, /--reason/);
  const unknown = run(['review', file, '--accept', 'svc-cycle:nobody', '--reason', 'x']);
  assert.equal(unknown.code, 2);
  run(['review', file, '--accept', 'svc-cycle', '--reason', 'The teams sit in "one" room: \\ it is fine.']);
  run(['review', file, '--accept', 'sec-bola:book', '--reason', 'later']);
  const text = readFileSync(lock, 'utf8');
  assert.ok(text.startsWith('# kept\nversion: 1\nproto:\n  Order:\n    id: 1\n'), text);
  const report = json([file]);
  const cycle = report.diagnostics.find((one) => one.code === 'svc-cycle');
  assert.equal(cycle.accepted, 'The teams sit in "one" room: \\ it is fine.');
  assert.ok(!run(['review', file]).out.includes('svc-cycle'));
  writeFileSync(lock, text + '  - rule: api-no-version\n    element: "gone"\n    reason: "it was"\n');
  const stale = run(['review', file]);
  assert.match(stale.err, /acceptance of api-no-version at gone is stale/);
  assert.deepEqual(json([file]).stale, [{ rule: 'api-no-version', element: 'gone' }]);
  place.remove();
});

test('a broken lock file is told with its line and nothing is reviewed or written', () => {
  const { place, file } = copied();
  const lock = join(place.path, 'kingpost.lock');
  const broken = [
    ['version: 2\n', /:1: error\[kp-lock\]: this Kingpost reads `version: 1`/],
    ['version: 1\naccepted: no\n', /:2: error\[kp-lock\]: `accepted` is a list/],
    ['version: 1\naccepted:\n  - rule: svc-cycle\n    element: people\n', /:3: error\[kp-lock\]: an acceptance gives a reason/],
    ['version: 1\naccepted:\n  - rule: no-such\n    element: people\n    reason: x\n', /there is no rule `no-such`/],
    ['version: 1\naccepted:\n  - {rule: svc-cycle, element: people, reason: x, why: y}\n', /an acceptance has no `why`/],
    ['version: [1\n', /error\[kp-lock\]/],
    ['\u0000', /error\[kp-lock\]/],
  ];
  for (const [text, message] of broken) {
    writeFileSync(lock, text);
    const result = run(['review', file]);
    assert.equal(result.code, 2, text);
    assert.match(result.err, message);
    assert.equal(result.out, '');
  }
  place.remove();
});

test('GitHub gets a line a finding; a model with errors is not reviewed', () => {
  const result = run(['review', flawed, '--format', 'github']);
  assert.match(result.out, /^::error file=.*,title=svc-cycle::/m);
  assert.equal(result.code, 1);
  const place = temporary();
  writeFileSync(join(place.path, 'model.yaml'), 'kingpost: 1\nsystem: sample\nentities:\n  a:\n    fields:\n      b: ref(nobody)\n');
  const bad = run(['review', join(place.path, 'model.yaml')]);
  assert.equal(bad.code, 1);
  assert.match(bad.err, /unknown-entity/);
  place.remove();
});

test('SARIF names rules, fixes and suppressions', () => {
  const { place, file } = copied();
  run(['review', file, '--accept', 'svc-cycle', '--reason', 'one team']);
  const log = JSON.parse(run(['review', file, '--format', 'sarif']).out);
  const [one] = log.runs;
  assert.ok(one.tool.driver.rules.length >= 64);
  for (const rule of one.tool.driver.rules) assert.ok(rule.help.text.length > 20, rule.id);
  for (const result of one.results) assert.equal(one.tool.driver.rules[result.ruleIndex].id, result.ruleId);
  assert.equal(one.results.filter((result) => result.suppressions).length, 1);
  assert.ok(one.results.filter((result) => result.fixes).length >= 30);
  // Each fix alone, applied as SARIF tells it, gives a model that can be read.
  const lines = readFileSync(file, 'utf8');
  const offset = (line, column) => lines.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0) + column - 1;
  for (const result of one.results.filter((each) => each.fixes)) {
    let text = lines;
    const parts = result.fixes[0].artifactChanges[0].replacements
      .map(({ deletedRegion: gone, insertedContent }) => [offset(gone.startLine, gone.startColumn), offset(gone.endLine, gone.endColumn), insertedContent.text])
      .sort((left, right) => right[0] - left[0]);
    for (const [begin, end, put] of parts) text = text.slice(0, begin) + put + text.slice(end);
    mkdirSync(join(place.path, 'once'), { recursive: true });
    const again = join(place.path, 'once', 'model.yaml');
    writeFileSync(again, text);
    assert.equal(run(['fmt', '--check', again]).code, 0, `${result.ruleId}: ${result.message.text}`);
  }
  place.remove();
});

test('a model of 140 tables is reviewed within a second', () => {
  const place = temporary();
  let text = 'kingpost: 1\nsystem: big\nroles: {visitor: {}}\nentities:\n';
  for (let at = 0; at < 140; ++at) {
    text += `  thing${at}:\n    fields:\n      name: string(80)\n      owner: ref(user) on_delete(restrict)\n`;
    for (const back of [1, 2, 7]) if (at >= back) text += `      link${back}: ref(thing${at - back}) on_delete(restrict)\n`;
    for (let more = 0; more < 12; ++more) text += `      value${'abcdefghijkl'[more]}: ${['int', 'text', 'decimal(12,2)', 'timestamp'][more % 4]}\n`;
    text += `    queries:\n      recent: owner = ? order by name\n    access:\n      all: row.owner == auth.uid\n    growth: {rows: 100k, per_day: 1k}\n`;
  }
  writeFileSync(join(place.path, 'model.yaml'), text);
  const begin = process.hrtime.bigint();
  const result = run(['review', join(place.path, 'model.yaml'), '--format', 'json']);
  const milliseconds = Number(process.hrtime.bigint() - begin) / 1e6;
  assert.ok(JSON.parse(result.out).diagnostics.length > 100);
  console.log(`# 140 entities reviewed in ${milliseconds.toFixed(0)} ms`);
  assert.ok(milliseconds < 1000, `${milliseconds} ms`);
  assert.ok(!existsSync(join(place.path, 'kingpost.lock')));
  place.remove();
});
