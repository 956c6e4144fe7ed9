// Runs docs/tutorial.md exactly as it stands, in one shell, and compares what it prints; keeps README.md and docs/reference true.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { binary, call, root, run, serve, temporary } from './harness.mjs';

const tutorial = readFileSync(join(root, 'docs/tutorial.md'), 'utf8');

/// The fenced blocks of a page: `{info, text, line}`.
function blocksOf(page) {
  const blocks = [];
  let open;
  page.split('\n').forEach((text, index) => {
    if (!text.startsWith('```')) open?.lines.push(text);
    else if (open) { blocks.push({ info: open.info, line: open.line, text: open.lines.join('\n') }); open = undefined; }
    else open = { info: text.slice(3).trim(), line: index + 1, lines: [] };
  });
  return blocks;
}

/// The commands with the output that must follow each.
function stepsOf(page) {
  const steps = [];
  for (const block of blocksOf(page)) {
    if (block.info.split(' ')[0] === 'sh') steps.push({ ...block, refused: block.info === 'sh refused', wanted: [] });
    if (block.info === 'text') steps.at(-1).wanted.push(...block.text.split('\n'));
  }
  return steps;
}

const mark = (index) => `---- step ${index} ends with `;

/// One script: after each step its number and exit code, so that one shell keeps its variables and background jobs.
function scriptOf(steps) {
  return steps.map((step, index) => `${step.text}\nprintf '\\n${mark(index)}%s\\n' "$?"\n`).join('') + 'kill $(jobs -p) 2>/dev/null\ntrue\n';
}

/// `…` in a wanted line stands for anything; else the line must be found within one that was printed.
function matches(line, wanted) {
  const pattern = wanted.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(pattern).test(line);
}

/// The wanted lines must appear in their order; other lines may stand between them.
function checkOutput(step, printed) {
  let at = 0;
  const lines = printed.split('\n');
  for (const wanted of step.wanted.filter((line) => line.trim() !== '')) {
    const found = lines.findIndex((line, index) => index >= at && matches(line, wanted));
    assert.notEqual(found, -1, `docs/tutorial.md, block at line ${step.line}: no line like\n  ${wanted}\nin what it printed:\n${printed}`);
    at = found + 1;
  }
}

function isFree(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

/// The shell's environment: kingpost is on the path, and nothing of ours leaks in.
function environment(directory) {
  mkdirSync(join(directory, 'bin'));
  symlinkSync(binary, join(directory, 'bin/kingpost'));
  const { KINGPOST_SECRET, ...rest } = process.env;
  return { ...rest, PATH: join(directory, 'bin') + delimiter + rest.PATH, NO_COLOR: '1' };
}

/// What the shell printed. A file takes it instead of a pipe, which a server that lived on would hold open.
function runSteps(steps, place, work) {
  writeFileSync(join(place, 'script'), scriptOf(steps));
  spawnSync('bash', ['-c', `exec bash "${place}/script" >"${place}/output" 2>&1`], { cwd: work, env: environment(place), timeout: 120000 });
  return readFileSync(join(place, 'output'), 'utf8');
}

function checkSteps(steps, output) {
  let rest = output;
  steps.forEach((step, index) => {
    const end = rest.indexOf(mark(index));
    assert.notEqual(end, -1, `docs/tutorial.md, block at line ${step.line} did not end:\n${rest}`);
    const printed = rest.slice(0, end);
    const code = Number(/^\d+/.exec(rest.slice(end + mark(index).length))[0]);
    checkOutput(step, printed);
    assert.equal(code !== 0, step.refused, `docs/tutorial.md, block at line ${step.line} ended with ${code}:\n${printed}`);
    rest = rest.slice(rest.indexOf('\n', end) + 1);
  });
}

test('the tutorial runs as it is written and prints what it says', async () => {
  const steps = stepsOf(tutorial);
  assert.ok(steps.length > 10);
  const port = Number(/--port (\d+)/.exec(tutorial)[1]);
  assert.ok(await isFree(port), `port ${port}, which the tutorial uses, is taken on this machine`);
  const place = temporary();
  const work = join(place.path, 'work');
  mkdirSync(work);
  const output = runSteps(steps, place.path, work);
  place.remove();
  checkSteps(steps, output);
});

test('the model in the README compiles', () => {
  const place = temporary();
  const models = blocksOf(readFileSync(join(root, 'README.md'), 'utf8')).filter((block) => block.info === 'yaml');
  assert.equal(models.length, 1);
  writeFileSync(join(place.path, 'model.yaml'), models[0].text + '\n');
  const result = run(['check', join(place.path, 'model.yaml')]);
  assert.equal(result.code, 0, result.out + result.err);
  assert.match(result.out + result.err, /0 errors, 0 warnings/);
  place.remove();
});

test('docs/reference is what this binary prints', () => {
  const place = temporary();
  assert.equal(run(['reference', '--examples', join(root, 'tests/cases'), '-o', place.path]).code, 0);
  const filesOf = (folder) => ['', 'rules/'].flatMap((part) => readdirSync(join(folder, part)).map((name) => part + name))
    .filter((name) => name.endsWith('.md')).sort();
  const written = filesOf(place.path);
  const byHand = ['dialect.md'];
  assert.deepEqual(filesOf(join(root, 'docs/reference')).filter((name) => !byHand.includes(name)), written);
  for (const name of written) {
    const same = readFileSync(join(root, 'docs/reference', name), 'utf8') === readFileSync(join(place.path, name), 'utf8');
    assert.ok(same, `docs/reference/${name} is not what the binary prints; run make reference`);
  }
  place.remove();
});

test('every diagnostic of the model\'s text is in the reference', () => {
  const folder = join(root, 'src/kingpost/model');
  const page = readFileSync(join(root, 'docs/reference/diagnostics.md'), 'utf8');
  const sources = readdirSync(folder).filter((name) => name.endsWith('.cpp') && !name.endsWith('_test.cpp'));
  const given = /(?:\.error|\.warning|refuse)\("([a-z0-9]+(?:-[a-z0-9]+)+)"|Severity::k\w+,\s*"([a-z0-9]+(?:-[a-z0-9]+)+)"/g;
  const codes = sources.flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(given)].map((found) => found[1] ?? found[2]));
  assert.ok(codes.length > 20);
  for (const code of new Set(codes)) assert.ok(page.includes(`| \`${code}\` |`), `${code} lacks a row in the reference`);
});

/// The questions in the tables about reading; those without an entity are about products.
function questionsOf(page) {
  const rows = page.slice(page.indexOf('## Reading'), page.indexOf('## Writing')).split('\n').filter((line) => line.startsWith('| '));
  const snippets = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map((found) => found[1]));
  const whole = snippets.filter((text) => /^(product|category)\?/.test(text));
  const parts = snippets.filter((text) => /^(select|order|limit|or|price|name|sku|cost)=/.test(text)).map((text) => `product?${text}`);
  return [...whole, ...parts];
}

test('every example of reading in the dialect\'s page is answered', async () => {
  const place = temporary();
  const shop = join(root, 'examples/shop/shop.yaml');
  const database = `sqlite:${join(place.path, 'shop.db')}`;
  assert.equal(run(['migrate', 'apply', shop, '--database', database]).code, 0);
  assert.equal(run(['seed', shop, '--database', database]).code, 0);
  const server = await serve(shop, database);
  try {
    const questions = questionsOf(readFileSync(join(root, 'docs/reference/dialect.md'), 'utf8'));
    assert.ok(questions.length > 20, `${questions.length} examples`);
    for (const question of questions) {
      const answer = await call(`${server.url}/rest/v1/${question}`);
      assert.equal(answer.status, 200, `${question}: ${answer.text}`);
    }
  } finally {
    await server.stop();
    place.remove();
  }
});
