// The numbers of protobuf fields: kept where asked, the same after fields change places, never given twice, and a broken lock is told, not mended.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, temporary } from './harness.mjs';

const temp = temporary();
after(() => temp.remove());

const model = join(temp.path, 'notes.yaml');
const lock = join(temp.path, 'kingpost.lock');
const out = join(temp.path, 'out');

function write(fields) {
  const lines = fields.map((one) => `      ${one}`).join('\n');
  writeFileSync(model, `kingpost: 1\nsystem: notes\nentities:\n  note:\n    fields:\n${lines}\n    access:\n      all: true\n`);
}

function design(...options) {
  return run(['design', model, '-o', out, '--no-pictures', ...options]);
}

const message = () => readFileSync(join(out, 'proto/everybody/notes/v1/notes.proto'), 'utf8').match(/message Note \{\n([^}]*)\}/)[1];

test('without a lock the design says that numbers may change', () => {
  write(['title: string(80)', 'body: text']);
  const done = design();
  assert.equal(done.code, 0, done.err);
  assert.match(done.err, /--lock keeps them in/);
  assert.match(message(), /string title = 2;/);
});

test('with one they stay when fields change places, come and go', () => {
  writeFileSync(lock, 'version: 1\n# decided in May\naccepted: []\n');
  assert.equal(design('--lock').code, 0);
  assert.match(readFileSync(lock, 'utf8'), /# decided in May\naccepted: \[\]\nproto:\n {2}notes\.v1\.Note:\n/);
  write(['"yes": int optional', 'body: text', 'title: string(80)']);
  assert.equal(design().code, 0);
  assert.match(message(), /string title = 2;/);
  assert.match(message(), /string body = 3;/);
  assert.match(message(), /optional int64 yes = 4;/);
  write(['body: text', 'heading: string(80)']);
  assert.equal(design().code, 0);
  assert.match(message(), /reserved 2, 4;/);
  assert.match(message(), /string heading = 5;/);
  const kept = readFileSync(lock, 'utf8');
  assert.equal(design().code, 0);
  assert.equal(readFileSync(lock, 'utf8'), kept, 'nothing changed, so nothing is written');
});

test('a lock that makes no sense is told with its line, and nothing is designed', () => {
  const good = readFileSync(lock, 'utf8');
  for (const [from, to, why] of [
    [/"body": 3/, '"body": 19000', /no field number/], [/"body": 3/, '"body": 2', /twice/], [/"body": 3/, '"body": x', /no field number/],
    [/proto:\n/, 'proto: [\n', /kp-lock/], [/notes\.v1\.Note:\n/, 'notes.v1.Note: 3\n  x:\n', /no map/],
  ]) {
    writeFileSync(lock, good.replace(from, to));
    const done = design();
    assert.notEqual(done.code, 0, `${to}: ${done.err}`);
    assert.match(done.err, /kingpost\.lock:\d+: error\[kp-lock\]/);
    assert.match(done.err, why);
  }
});
