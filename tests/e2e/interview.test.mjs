// Answers become a project that checks, reviews clean, designs and serves; bad answers and a broken-off interview write nothing.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary, call, run, serve, temporary, token } from './harness.mjs';

const place = temporary();
after(() => place.remove());

const patterns = ['shop', 'saas', 'booking', 'content', 'messaging', 'ledger', 'telemetry', 'marketplace'];

/// The text below `section:` of a model, and the names in it.
function section(model, name) {
  return new RegExp(`^${name}:.*\\n((?:(?:  .*)?\\n)*)`, 'm').exec(model)?.[1] ?? '';
}

function names(text) {
  return [...text.matchAll(/^ {2}([a-z_]+):/gm)].map((match) => match[1]);
}

function block(model, entity) {
  return new RegExp(`^  ${entity}:.*\\n((?:(?: {4}.*)?\\n)*)`, 'm').exec(model)[1];
}

for (const pattern of patterns) {
  test(`${pattern}: checks, reviews clean, decides, designs and serves every readable entity`, async () => {
    const folder = join(place.path, pattern);
    const made = run(['init', folder, '--answer', `pattern=${pattern}`]);
    assert.equal(made.code, 0, made.err);
    const file = join(folder, 'model.yaml');
    const model = readFileSync(file, 'utf8');
    assert.match(model, new RegExp(`^system: ${pattern}$`, 'm'));
    const checked = run(['check', file, '--format', 'json']);
    assert.equal(checked.code, 0, checked.out);
    for (const diagnostic of JSON.parse(checked.out).diagnostics) assert.equal(diagnostic.code, 'not-executed', diagnostic.message);
    assert.equal(run(['fmt', '--check', file]).code, 0);
    const reviewed = run(['review', file]);
    assert.equal(reviewed.code, 0, reviewed.out + reviewed.err);
    assert.match(reviewed.out + reviewed.err, /0 errors, 0 warnings, 0 notes/);
    assert.equal(run(['decisions', file]).code, 0);
    assert.equal(run(['design', file, '-o', join(folder, 'design'), '--no-pictures']).code, 0);
    assert.ok(existsSync(join(folder, 'design/index.html')));
    const entities = names(section(model, 'entities'));
    assert.ok(entities.length >= 6, entities.join());
    const server = await serve(file, 'sqlite:' + join(folder, 'model.db'), ['--dev']);
    try {
      const bearer = token('admin', '0198a000-0000-7000-8000-000000000001', pattern === 'saas' ? ['--tenant', '0198a000-0000-7000-8000-000000000002', '--tenant-claim', 'tenant'] : []);
      for (const entity of entities) {
        const answer = await call(`${server.url}/rest/v1/${entity}?limit=1`, { bearer });
        const readable = /^ {6}(read|all): /m.test(block(section(model, 'entities'), entity));
        if (readable) assert.equal(answer.status, 200, `${entity}: ${answer.text}`);
        else assert.notEqual(answer.status, 200, entity);
      }
    } finally {
      await server.stop();
    }
  });
}

test('a model that needs a later version is refused without --dev, and README.md says so', async () => {
  const folder = join(place.path, 'clinic');
  assert.equal(run(['init', folder, '--answer', 'pattern=booking', '--answer', 'sensitive=health']).code, 0);
  assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /Without `--dev` the server refuses this model/);
  await assert.rejects(serve(join(folder, 'model.yaml'), 'sqlite:' + join(folder, 'model.db'), []), /exit 1|exit 2/);
  const server = await serve(join(folder, 'model.yaml'), 'sqlite:' + join(folder, 'model.db'), ['--dev']);
  await server.stop();
});

test('answers come from a file, are written back, and make the same bytes again', () => {
  const file = join(place.path, 'answers.txt');
  writeFileSync(file, '# mine\nname: bikes\npattern=booking\nintegrations:\n  - mail\n  - payments\n');
  const first = join(place.path, 'first');
  assert.equal(run(['init', first, '--answers', file, '--answer', 'users=2M']).code, 0);
  const second = join(place.path, 'second');
  assert.equal(run(['init', second, '--answers', join(first, 'answers.yaml')]).code, 0);
  for (const name of ['model.yaml', 'answers.yaml']) {
    assert.equal(readFileSync(join(first, name), 'utf8'), readFileSync(join(second, name), 'utf8'), name);
  }
  assert.match(readFileSync(join(first, 'model.yaml'), 'utf8'), /^ {2}users: 2M$/m);
});

test('bad answers, a folder with something in it and a template beside answers write nothing', () => {
  const folder = join(place.path, 'nothing');
  for (const [args, expected] of [
    [['--answer', 'nmae=x', '--answer', 'users=many'], /do you mean "name"[^]*no whole number/],
    [['--answer', 'pattern=marketplace', '--answer', 'tenants=shared'], /no tenant can be kept apart/],
    [['--answer', 'noequals'], /is no answer/],
    [['--answers', join(place.path, 'missing.yaml')], /missing/],
    [['--template', 'shop', '--answer', 'users=5'], /exclude each other/],
  ]) {
    const refused = run(['init', folder, ...args]);
    assert.equal(refused.code, 2, refused.out);
    assert.match(refused.err, expected);
    assert.ok(!existsSync(folder));
  }
  mkdirSync(folder);
  writeFileSync(join(folder, 'mine.txt'), 'x');
  assert.match(run(['init', folder, '--answer', 'users=5']).err, /not an empty folder/);
  assert.ok(!existsSync(join(folder, 'model.yaml')));
  assert.equal(run(['init']).code, 2);
});

test('the questions are JSON, without a folder', () => {
  const { questions } = JSON.parse(run(['init', '--questions']).out);
  assert.ok(questions.length >= 15);
  for (const question of questions) for (const member of ['key', 'question', 'why', 'kind', 'choices', 'default']) assert.ok(member in question, question.key);
});

/// Runs the interview with these lines; `signal` breaks it off instead of ending the input.
function interview(folder, lines, signal) {
  return new Promise((done) => {
    const child = spawn(binary, ['init', folder, '--interview'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let sent = false;
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (signal && !sent && /2 of /.test(out)) { sent = true; child.kill(signal); }
    });
    child.stderr.on('data', (chunk) => { out += chunk; });
    child.on('close', (code) => done({ code, out }));
    child.stdin.on('error', () => {});
    child.stdin.write(lines.map((line) => line + '\n').join(''));
    if (!signal) child.stdin.end();
  });
}

test('the interview asks, takes defaults, goes back, and writes at the end only', async () => {
  const folder = join(place.path, 'asked');
  const asked = await interview(folder, ['bikes', '?', 'bokking', 'shop', 'back', 'booking', ...Array(17).fill(''), 'yes']);
  assert.equal(asked.code, 0, asked.out);
  assert.match(asked.out, /do you mean "booking"/);
  assert.match(readFileSync(join(folder, 'model.yaml'), 'utf8'), /^system: bikes$/m);
  assert.match(readFileSync(join(folder, 'answers.yaml'), 'utf8'), /^pattern: booking$/m);
  for (const [name, lines, signal] of [['quit', ['a', 'quit']], ['end', ['a']], ['no', [...Array(19).fill(''), 'no']], ['stopped', ['a'], 'SIGINT']]) {
    const left = await interview(join(place.path, name), lines, signal);
    assert.notEqual(left.code, 0, name);
    assert.ok(!existsSync(join(place.path, name)), name);
  }
});
