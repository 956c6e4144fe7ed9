// Every example of docs/guide is checked: a block ```yaml must pass `check` and be canonical, a block ```yaml wrong CODE must get exactly that code.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, temporary } from './harness.mjs';

const folder = join(root, 'docs/guide');
const pages = readdirSync(folder).filter((name) => name.endsWith('.md')).sort();

function examplesOf(page) {
  const text = readFileSync(join(folder, page), 'utf8');
  return [...text.matchAll(/^```yaml ?(.*)\n([^]*?)^```$/gm)].map((found, index) => ({ page, index, info: found[1].trim(), text: found[2] }));
}

const examples = pages.flatMap(examplesOf);

test('the guide has pages and every page an example', () => {
  assert.ok(pages.length >= 8);
  for (const page of pages) assert.ok(examplesOf(page).length > 0, page);
});

for (const example of examples) {
  test(`${example.page}, example ${example.index + 1}${example.info ? ': ' + example.info : ''}`, () => {
    const { path, remove } = temporary();
    try {
      const file = join(path, 'model.yaml');
      writeFileSync(file, example.text);
      const checked = run(['check', file, '--format', 'json']);
      const said = JSON.parse(checked.out);
      const errors = said.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
      if (example.info.startsWith('wrong ')) {
        assert.equal(checked.code, 1);
        assert.deepEqual([...new Set(errors.map((error) => error.code))], [example.info.slice('wrong '.length)]);
        return;
      }
      assert.deepEqual(errors, []);
      assert.equal(checked.code, 0, checked.err);
      const formatted = run(['fmt', '--check', file]);
      assert.equal(formatted.code, 0, formatted.err);
    } finally {
      remove();
    }
  });
}

test('the binary prints the pages that stand in the folder', () => {
  const list = run(['guide']).out;
  for (const page of pages) {
    const name = page.replace(/^\d+-|\.md$/g, '');
    assert.ok(list.includes(name), name);
    assert.equal(run(['guide', name]).out, readFileSync(join(folder, page), 'utf8'));
  }
  assert.equal(run(['guide', 'nowhere']).code, 2);
});

test('the agent names only tools that exist, and every tool of the server', () => {
  const agent = readFileSync(join(root, 'agents/backend-architect.md'), 'utf8');
  const header = /^---\n([^]*?)\n---\n/.exec(agent)[1];
  for (const key of ['name', 'description', 'category', 'expertise', 'activation_keywords', 'complexity_threshold', 'tools']) {
    assert.match(header, new RegExp(`^${key}: `, 'm'));
  }
  const named = /^tools: \[(.*)\]/m.exec(header)[1].split(', ').sort();
  const lines = [
    { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } },
    { jsonrpc: '2.0', id: 2, method: 'tools/list' },
  ];
  const { out } = run(['mcp'], { input: lines.map((line) => JSON.stringify(line) + '\n').join('') });
  const answer = JSON.parse(out.trim().split('\n')[1]);
  assert.deepEqual(answer.result.tools.map((tool) => tool.name).sort(), named);
});
