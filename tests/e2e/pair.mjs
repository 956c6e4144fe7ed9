// One model served over SQLite and, where PostgreSQL is installed, over it too: every question goes to both and gets one answer.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { call, serve, temporary } from './harness.mjs';
import { cluster, missing } from './postgres_cluster.mjs';

/// What may differ between two databases that were asked the same: times, generated keys, names of primary keys, blanks in json.
const settled = (text) =>
  text
    .replace(/"\d{4}-\d\d-\d\dT[^"]*Z"/g, '"TIME"')
    .replace(/"01[0-9a-f]{6}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"/g, (id) => (id.startsWith('"018f0000') ? id : '"ID"'))
    .replace(/_(id_key|pkey)\b/g, '_key')
    .replace(/"details":"Key \((?:[^"\\]|\\.)*"/g, '"details":null')
    .replace(/([:,]) /g, '$1');

/// Nothing of the machine or of the statements may stand in an answer.
const leaks = new RegExp([
  /select .* from /,
  /insert into/,
  /sqlite/,
  /libpq/,
  /pg_/,
  /\/tmp\//,
  /[/](root|home)\b/,
  /\.cpp/,
  /127\.0\.0\.1:\d+ /,
  /syntax error/,
  /foreign key constraint .?"/,
  /_kingpost_[a-z]+(?!')/,
].map((one) => one.source).join('|'), 'i');

export async function pair(model, { tokens = {}, args } = {}) {
  const temp = temporary();
  const servers = [{ name: 'SQLite', ...(await serve(model, 'sqlite:' + join(temp.path, 'pair.db'), args)) }];
  const reason = missing();
  const postgres = reason ? undefined : await cluster();
  if (postgres) servers.push({ name: 'PostgreSQL', ...(await serve(model, postgres.url('pair'), args)) });
  else console.log(`SKIPPED the half over PostgreSQL: ${reason}`);

  const one = (server, who, path, options = {}) => call(server.url + (path.startsWith('/') ? path : '/rest/v1/' + path),
    { bearer: tokens[who], ...options });

  /// Asks all; the answers must be the same (but for times and generated keys, and bodies where `loose`) and leak nothing.
  async function ask(who, path, options = {}, loose = false) {
    const short = (value) => JSON.stringify(value ?? '').slice(0, 120);
    const label = `${who} ${options.method ?? 'GET'} ${path.slice(0, 120)} ${short(options.body)} ${short(options.headers)}`;
    const answers = [];
    for (const server of servers) {
      const answer = await one(server, who, path, options);
      // A name that the caller sent may come back.
      if (answer.status >= 400 && !leaks.test(path)) assert.doesNotMatch(answer.text, leaks, `${server.name}: ${label}`);
      assert.ok(answer.status < 500, `${server.name}: ${label}: ${answer.status} ${answer.text}`);
      answers.push(answer);
    }
    for (const answer of answers.slice(1)) {
      assert.equal(answer.status, answers[0].status, `${label}: ${answers[0].text} | ${answer.text}`);
      if (!loose) assert.equal(settled(answer.text), settled(answers[0].text), label);
    }
    return { ...answers[0], label };
  }

  /// As `ask`, and the status (and the error's code) are these.
  async function expect(who, path, options, status, code, loose) {
    const answer = await ask(who, path, options, loose);
    assert.equal(answer.status, status, `${answer.label}: ${answer.text}`);
    if (code !== undefined) {
      assert.equal(answer.json?.code, code, `${answer.label}: ${answer.text}`);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json', answer.label);
      for (const key of ['message', 'details', 'hint', 'status']) assert.ok(key in answer.json, `${answer.label} has ${key}`);
    }
    return answer;
  }

  async function stop() {
    for (const server of servers) assert.equal(await server.stop(), 0, server.log());
    postgres?.remove();
    temp.remove();
  }
  return { servers, one, ask, expect, stop, postgres };
}
