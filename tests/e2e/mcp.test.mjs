// Talks to `kingpost mcp` with the official TypeScript SDK's client, and with broken lines that no client sends.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { binary, root, run, temporary } from './harness.mjs';

const require = createRequire(join(root, 'tests/judges/mcp/package.json'));
const load = (path) => import(pathToFileURL(require.resolve('@modelcontextprotocol/sdk/' + path)).href);
const { Client } = await load('client/index.js');
const { StdioClientTransport } = await load('client/stdio.js');

const place = temporary();
const work = join(place.path, 'work');
mkdirSync(join(work, 'sub'), { recursive: true });
// A temporary folder of its own, so that what is left there is this server's.
const scratch = join(place.path, 'tmp');
mkdirSync(scratch);
copyFileSync(join(root, 'examples/shop/shop.yaml'), join(work, 'shop.yaml'));
writeFileSync(join(place.path, 'outside.yaml'), 'kingpost: 1\nsystem: outside\n');
symlinkSync(join(place.path, 'outside.yaml'), join(work, 'link.yaml'));

async function connect(args = []) {
  const client = new Client({ name: 'kingpost-test', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: binary, args: ['mcp', '--root', work, ...args], env: { ...process.env, TMPDIR: scratch }, stderr: 'inherit' }));
  return client;
}

const client = await connect();
after(async () => { await client.close(); place.remove(); });

async function call(name, given = {}, asked = client) {
  const answer = await asked.callTool({ name, arguments: given });
  return { error: answer.isError === true, text: answer.content.map((part) => part.text).join('\n'), ...answer.structuredContent };
}

test('it introduces itself and offers tools, resources and prompts that the SDK accepts', async () => {
  assert.equal(client.getServerVersion().name, 'kingpost');
  assert.match(client.getInstructions(), /guide/);
  const { tools } = await client.listTools();
  for (const wanted of ['guide', 'schema', 'check', 'fmt', 'review', 'design', 'decisions', 'capacity', 'import', 'explain', 'interview_questions', 'interview']) {
    assert.ok(tools.some((tool) => tool.name === wanted), wanted);
  }
  for (const tool of tools) {
    assert.ok(tool.description.length > 20, tool.name);
    assert.equal(tool.annotations.readOnlyHint, true, tool.name);
  }
  const { resources } = await client.listResources();
  assert.ok(resources.length >= 10);
  const { contents } = await client.readResource({ uri: 'kingpost://guide/access' });
  assert.match(contents[0].text, /^# Access/);
  const schema = await client.readResource({ uri: 'kingpost://schema' });
  assert.ok(JSON.parse(schema.contents[0].text).$schema);
  const { prompts } = await client.listPrompts();
  const prompt = await client.getPrompt({ name: prompts[0].name, arguments: { requirements: 'lend bicycles' } });
  assert.match(prompt.messages[0].content.text, /lend bicycles/);
  await assert.rejects(client.readResource({ uri: 'kingpost://nothing' }), /-32002|no such resource/);
});

test('a model is checked by path and by text', async () => {
  const good = await call('check', { path: 'shop.yaml' });
  assert.equal(good.exit_code, 0, good.text);
  const bad = await call('check', { text: 'kingpost: 1\nsystem: x\nentities:\n  a:\n    fields:\n      b: sting\n' });
  assert.equal(bad.error, false, 'findings are a result');
  assert.equal(bad.exit_code, 1);
  const { diagnostics } = JSON.parse(bad.output);
  assert.equal(diagnostics[0].code, 'unknown-type');
  assert.ok(!bad.output.includes(scratch), 'the scratch folder is none of the client\'s business');
});

test('fmt answers the canonical text and writes nothing', async () => {
  const messy = 'system: x\nkingpost: 1   # one\nroles:\n    a:\n';
  writeFileSync(join(work, 'messy.yaml'), messy);
  const answer = await call('fmt', { path: 'messy.yaml' });
  assert.match(answer.output, /^system: x\nkingpost: 1 {2}# one\n/);
  assert.equal(readFileSync(join(work, 'messy.yaml'), 'utf8'), messy);
  assert.equal((await call('fmt', { text: messy })).output, answer.output);
});

test('review, decisions, capacity, design and explain answer what the commands print', async () => {
  const review = await call('review', { path: 'shop.yaml' });
  assert.ok(JSON.parse(review.output));
  assert.equal(review.output, run(['review', 'shop.yaml', '--format', 'json'], { cwd: work }).out.replaceAll('"shop.yaml"', JSON.stringify(join(work, 'shop.yaml'))));
  for (const tool of ['decisions', 'capacity']) {
    const answer = await call(tool, { path: 'shop.yaml', factor: 10 });
    assert.equal(answer.exit_code, 0, answer.text);
    assert.match(answer.output, /^# /m);
  }
  const files = await call('design', { path: 'shop.yaml' });
  assert.match(files.output, /^index\.html\t\d+ bytes$/m);
  const picked = files.output.split('\n').map((line) => line.split('\t')[0]).find((name) => name.startsWith('openapi/'));
  assert.match(JSON.parse((await call('design', { path: 'shop.yaml', artefact: picked })).output).openapi, /^3\.1/);
  const explained = await call('explain', { path: 'shop.yaml', request: 'GET /rest/v1/product?limit=5', as: 'customer' });
  assert.match(explained.output, /select/i);
  assert.deepEqual(readdirSync(work).sort(), ['link.yaml', 'messy.yaml', 'shop.yaml', 'sub']);
});

test('questions become a model that checks', async () => {
  const questions = JSON.parse((await call('interview_questions')).output);
  const list = questions.questions ?? questions;
  assert.ok(list.length >= 8);
  const made = await call('interview', { answers: ['name=bikes', 'pattern=booking'] });
  assert.equal(made.exit_code, 0, made.text);
  const checked = await call('check', { text: made.output });
  assert.equal(checked.exit_code, 0, checked.text);
});

test('a database is imported', async () => {
  const made = spawnSync('sqlite3', [join(work, 'a.db'), 'create table thing(id integer primary key, name text not null)']);
  assert.equal(made.status, 0);
  const answer = await call('import', { path: 'a.db' });
  assert.match(answer.output, /^ {2}thing:$/m);
});

test('nothing outside the root is read, and nothing is written without permission', async () => {
  for (const path of ['../outside.yaml', join(place.path, 'outside.yaml'), 'link.yaml', '/etc/passwd', 'sub/../../outside.yaml', '']) {
    for (const tool of ['check', 'fmt', 'review', 'design', 'import']) {
      const answer = await call(tool, { path });
      assert.equal(answer.error, true, `${tool} ${path}`);
      assert.match(answer.notes, /kp-mcp-path/);
    }
  }
  assert.match((await call('design', { path: 'shop.yaml', artefact: '../../../etc/passwd' })).notes, /kp-mcp-path/);
  for (const [tool, given] of [['fmt', { path: 'messy.yaml', write: true }], ['design', { path: 'shop.yaml', output: 'out' }],
    ['review', { path: 'shop.yaml', fix: true }], ['interview', { answers: ['name=a'], output: 'a' }]]) {
    assert.match((await call(tool, given)).notes, /kp-mcp-read-only/, tool);
  }
  assert.ok(!existsSync(join(work, 'out')));
  assert.match((await call('check', {})).notes, /kp-mcp-model/);
  assert.match((await call('check', { path: 'shop.yaml', text: 'a' })).notes, /kp-mcp-model/);
});

test('with permission it writes below the root only', async () => {
  const writer = await connect(['--allow-write']);
  try {
    assert.equal((await call('design', { path: 'shop.yaml', output: 'out/design' }, writer)).exit_code, 0);
    assert.ok(existsSync(join(work, 'out/design/index.html')));
    assert.match((await call('design', { path: 'shop.yaml', output: '../elsewhere' }, writer)).notes, /kp-mcp-path/);
    assert.equal((await call('fmt', { path: 'messy.yaml', write: true }, writer)).exit_code, 0);
    assert.match(readFileSync(join(work, 'messy.yaml'), 'utf8'), / {2}# one/);
    const { tools } = await writer.listTools();
    assert.equal(tools.find((tool) => tool.name === 'fmt').annotations.readOnlyHint, false);
    assert.equal(tools.find((tool) => tool.name === 'check').annotations.readOnlyHint, true);
  } finally {
    await writer.close();
  }
});

test('wrong tools and arguments are refused by name', async () => {
  await assert.rejects(call('burn'), /no such tool/);
  await assert.rejects(call('check', { paht: 'shop.yaml' }), /paht/);
  await assert.rejects(call('guide', { page: 'nowhere' }), /must be one of/);
  const hostile = await call('explain', { path: 'shop.yaml', request: '--help', as: '--database=/etc/passwd' });
  assert.doesNotMatch(hostile.output, /Usage|root:/);
});

test('many calls at once are all answered', async () => {
  const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => call(index % 2 ? 'check' : 'fmt', { path: 'shop.yaml' })));
  assert.ok(answers.every((answer) => answer.exit_code === 0));
});

test('a cancelled call is not answered and leaves no process or folder behind', async () => {
  const stop = new AbortController();
  const asked = client.callTool({ name: 'design', arguments: { path: 'shop.yaml' } }, undefined, { signal: stop.signal });
  setTimeout(() => stop.abort('enough'), 5);
  await assert.rejects(asked);
  assert.equal((await call('check', { path: 'shop.yaml' })).exit_code, 0);
  assert.deepEqual(readdirSync(scratch), []);
});

/// What the server answers to raw lines, and its exit code.
function raw(lines) {
  return new Promise((done) => {
    const child = spawn(binary, ['mcp', '--root', work], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk) => { out += chunk; });
    child.on('close', (code) => done({ code, answers: out.split('\n').filter(Boolean).map((line) => JSON.parse(line)) }));
    child.stdin.on('error', () => {});
    child.stdin.end(lines.join('\n') + '\n');
  });
}

test('broken lines are answered with the codes of JSON-RPC and end nothing', async () => {
  const { code, answers } = await raw([
    '{', '[]', '', '   ', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', '\u0000', '{"jsonrpc":"2.0","id":2,"method":"ping"}',
    JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'x'.repeat(9 << 20) }), '['.repeat(100000), '{"jsonrpc":"2.0","id":4,"method":"ping"}',
  ]);
  assert.equal(code, 0);
  assert.deepEqual(answers.map((answer) => answer.error?.code ?? 'fine'), [-32700, -32600, -32600, -32700, 'fine', -32600, -32700, 'fine']);
});

test('what was asked before the input ended is still answered', async () => {
  const { code, answers } = await raw([
    JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18' } }),
    JSON.stringify({ jsonrpc: '2.0', id: 'last', method: 'tools/call', params: { name: 'check', arguments: { path: 'shop.yaml' } } }),
  ]);
  assert.equal(code, 0);
  assert.equal(answers.find((answer) => answer.id === 'last').result.structuredContent.exit_code, 0);
});
