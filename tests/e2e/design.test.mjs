// `kingpost design` as a user meets it: what it refuses, what it leaves alone, what it says that it could not do, and that a large model takes seconds.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync, appendFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run, temporary, root } from './harness.mjs';

const temp = temporary();
after(() => temp.remove());
const shop = join(root, 'examples/shop/shop.yaml');
const notes = (more = '') => `kingpost: 1
system: notes
entities:
  note:
    fields:
      title: string(200)
${more}contracts:
  v1: {current: true}
`;
const tag = '  tag:\n    fields:\n      name: string(20)\n';
const model = (name, text) => {
  const path = join(temp.path, name);
  writeFileSync(path, text);
  return path;
};
const folder = (name) => join(temp.path, name);
const design = (path, out, ...more) => run(['design', path, '-o', out, ...more]);

test('a model with errors designs nothing and says why', () => {
  const out = folder('errors');
  const result = design(model('wrong.yaml', notes().replace('string(200)', 'strin(200)')), out);
  assert.equal(result.code, 1);
  assert.match(result.err, /wrong\.yaml:6:/);
  assert.equal(existsSync(out), false);
});

test('a second run removes what is stale, and nothing that it did not write', () => {
  const out = folder('again');
  const path = model('again.yaml', notes(tag));
  assert.equal(design(path, out).code, 0);
  const before = readdirSync(join(out, 'ddl'));
  assert.ok(existsSync(join(out, 'diagrams/er.svg')));
  writeFileSync(join(out, 'mine.txt'), 'mine');
  writeFileSync(join(out, 'diagrams/mine.svg'), 'mine');
  const result = design(path, out, '--no-pictures');
  assert.equal(result.code, 0);
  assert.match(result.err, /Removed \d+ stale files/);
  assert.match(result.err, /Left out: pictures/);
  assert.equal(existsSync(join(out, 'diagrams/er.svg')), false);
  assert.equal(existsSync(join(out, 'diagrams/er.mmd')), true);
  assert.equal(readFileSync(join(out, 'mine.txt'), 'utf8'), 'mine');
  assert.equal(readFileSync(join(out, 'diagrams/mine.svg'), 'utf8'), 'mine');
  assert.deepEqual(readdirSync(join(out, 'ddl')), before);
});

test('a stale file that somebody changed stays, and is named', () => {
  const out = folder('changed');
  const path = model('changed.yaml', notes());
  assert.equal(design(path, out).code, 0);
  appendFileSync(join(out, 'diagrams/er.svg'), '<!-- mine -->');
  const result = design(path, out, '--no-pictures');
  assert.equal(result.code, 0);
  assert.match(result.err, /Kept .*er\.svg/);
  assert.ok(existsSync(join(out, 'diagrams/er.svg')));
});

test('a manifest that points elsewhere removes nothing there', () => {
  const out = folder('hostile');
  const path = model('hostile.yaml', notes());
  assert.equal(design(path, out).code, 0);
  const outside = folder('outside');
  mkdirSync(outside);
  const victim = join(outside, 'victim.txt');
  writeFileSync(victim, '');
  symlinkSync(outside, join(out, 'link'));
  const empty = 'cbf29ce484222325';
  appendFileSync(join(out, '.kingpost-design'), `${empty} ../outside/victim.txt\n${empty} ${victim}\n${empty} link/victim.txt\nzz nothing\n`);
  assert.equal(design(path, out).code, 0);
  assert.ok(existsSync(victim));
});

test('a file that no design wrote is not overwritten, and nothing else is written', () => {
  const out = folder('foreign');
  mkdirSync(out);
  writeFileSync(join(out, 'site.css'), 'body{}');
  const result = design(model('foreign.yaml', notes()), out);
  assert.equal(result.code, 2);
  assert.match(result.err, /site\.css is there already/);
  assert.deepEqual(readdirSync(out), ['site.css']);
});

test('without Graphviz\'s plugins the rest is made, and what is missing is named', () => {
  const out = folder('bare');
  const result = run(['design', shop, '-o', out], { env: { PATH: process.env.PATH, GVBINDIR: temp.path, NO_COLOR: '1' } });
  assert.equal(result.code, 0, result.err);
  assert.match(result.err, /Left out: the layout of .*rows/);
  const picture = readFileSync(join(out, 'diagrams/c4-container.svg'), 'utf8');
  assert.match(picture, /shop server/);
  assert.ok(existsSync(join(out, 'diagrams/command/place_order.svg')));
});

test('a model of 300 entities is designed within the figures, with room for a busy machine', () => {
  const generated = spawnSync(process.execPath, [join(root, 'bench/large_model.mjs'), 'model', '300'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(generated.status, 0);
  const path = model('large.yaml', generated.stdout);
  const seconds = (...more) => {
    const begun = process.hrtime.bigint();
    const result = design(path, folder('large' + more.length), ...more);
    assert.equal(result.code, 0, result.err);
    assert.doesNotMatch(result.err, /stand in rows/);
    return Number(process.hrtime.bigint() - begun) / 1e9;
  };
  const [pictures, bare] = [seconds(), seconds('--no-pictures')];
  console.log(`300 entities: ${pictures.toFixed(2)} s with pictures, ${bare.toFixed(2)} s without (wanted 5 s and 1 s of an optimised build)`);
  assert.ok(pictures < 20 && bare < 10, `${pictures} s, ${bare} s`);
});
