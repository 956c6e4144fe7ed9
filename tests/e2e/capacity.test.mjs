// The capacity command as a user meets it: formats, prices, assumptions, a real database beside the paper, and what it refuses.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root, run, temporary } from './harness.mjs';

const shop = join(root, 'examples/shop/shop.yaml');
const made = temporary();
after(() => made.remove());

function json(...more) {
  const done = run(['capacity', shop, '--format', 'json', ...more]);
  assert.equal(done.code, 0, done.err);
  return JSON.parse(done.out);
}

test('every format is printed, and written with -o', () => {
  for (const [format, begin] of [['text', 'Capacity of shop'], ['markdown', '# Capacity of shop'], ['json', '{'], ['html', '<!doctype html>']]) {
    const done = run(['capacity', shop, '--format', format]);
    assert.equal(done.code, 0);
    assert.ok(done.out.startsWith(begin), format);
    const file = join(made.path, 'plan.' + format);
    assert.equal(run(['capacity', shop, '--format', format, '-o', file]).code, 0);
    assert.equal(readFileSync(file, 'utf8'), done.out, 'the same bytes twice');
  }
});

test('ten times the load takes at least as much of everything', () => {
  const [once, ten] = json().plans;
  assert.equal(ten.factor, 10 * once.factor);
  assert.ok(ten.cost.month >= once.cost.month);
  assert.ok(ten.machines.servers >= once.machines.servers);
  assert.deepEqual(json('--factor', '10').plans[0], ten);
});

test("the user's prices are declared and change the cost alone", () => {
  const ours = json();
  const theirs = json('--prices', join(root, 'examples/prices.yaml'));
  assert.equal(theirs.currency, 'EUR');
  const server = (plan) => plan.plans[0].cost.items.find((item) => item.name === 'servers').price;
  assert.equal(server(ours).basis, 'assumed');
  assert.equal(server(theirs).basis, 'declared');
  assert.equal(server(theirs).value, 24);
  assert.deepEqual(theirs.plans[0].total, ours.plans[0].total);
});

test('an assumption can be set, and is then declared', () => {
  const plan = json('--assume', 'page-rows=50', '--assume', 'rows.product=2M', '--assume', 'bytes.product.description=1k');
  const input = (name) => plan.inputs.find((one) => one.name === name);
  assert.deepEqual([input('page-rows').value, input('page-rows').basis], [50, 'declared']);
  assert.equal(plan.plans[0].entities.find((one) => one.name === 'product').rows.today, 2e6);
});

test('a seeded database gives rows and widths, and the formulas agree with it', () => {
  const url = 'sqlite:' + join(made.path, 'shop.db');
  assert.equal(run(['migrate', 'apply', shop, '--database', url]).code, 0);
  assert.equal(run(['seed', shop, '--database', url, '--rows', 'product=4000,order=8000,order_item=16000']).code, 0);
  const done = run(['capacity', shop, '--like', url, '--format', 'json']);
  assert.equal(done.code, 0, done.err);
  const difference = Number(/\(([+-][\d.]+) %\)/.exec(done.err)[1]);
  assert.ok(Math.abs(difference) <= 15, done.err);
  const plan = JSON.parse(done.out);
  assert.equal(plan.database, 'sqlite');
  const product = plan.plans[0].entities.find((one) => one.name === 'product');
  assert.deepEqual([product.rows.today, product.rows.basis], [4000, 'measured']);
});

test('what cannot be is refused with its reason', () => {
  let files = 0;
  const prices = (text) => {
    const file = join(made.path, `bad${++files}.yaml`);
    writeFileSync(file, text);
    return ['--prices', file];
  };
  const cases = [
    [['--factor', '0'], /--factor/],
    [['--factor', 'nan'], /factor/],
    [['--assume', 'page-rows'], /NAME=VALUE/],
    [['--assume', 'nothing=1'], /no input/],
    [['--assume', 'bytes.product.nope=1'], /names nothing/],
    [['--assume', 'rows.nope=1'], /names nothing/],
    [['--assume', 'headroom=1'], /at most/],
    [['--prices', '/nowhere.yaml'], /nowhere/],
    [prices('gold: 3\n'), /`gold`/],
    [prices('server: {cores: 0}\n'), /server\.cores/],
    [prices('server: {cores: many}\n'), /needs a number/],
    [prices('server: [1]\n'), /needs a number/],
    [prices('- 1\n'), /no map/],
    [prices('a: *b\n'), /cannot be read/],
    [prices('currency: "<b>"\n'), /currency/],
    [prices('server: {deep: {deeper: 1}}\n'), /needs a number/],
    [['--like', 'sqlite:/nowhere.db'], /./],
    [['--like', 'sqlite:/nowhere.db', '--database', 'postgres'], /different/],
  ];
  for (const [more, why] of cases) {
    const done = run(['capacity', shop, ...more]);
    assert.equal(done.code, 2, more.join(' ') + done.err);
    assert.match(done.err, why, more.join(' '));
    assert.equal(done.out, '');
  }
  assert.equal(run(['capacity', join(made.path, 'absent.yaml')]).code, 1);
});
