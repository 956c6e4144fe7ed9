
/// Judges one answer against what the step expects.
class Checker {
  constructor(suite, given, state, { as, selects }) {
    Object.assign(this, { suite, given, state, as, selects, faults: [] });
  }

  check(answer, expect) {
    this.answer = answer;
    if (answer.failure !== undefined) {
      if (!expect.closed) this.faults.push(`no answer: ${answer.failure}`);
      return this.faults;
    }
    if (answer.status === 501 && answer.json?.code === 'kp-not-executed') throw new Skip(`this server executes no writes to ${this.given.on} yet (501)`);
    const status = expect.denied ? [this.as === anonymous ? 401 : 403, 404] : expect.status;
    if (!status.includes(answer.status)) return [`status ${answer.status}, not ${status.join(' or ')}`];
    const good = answer.status < 300;
    if (good || expect.problem) this.headers(expect.headers ?? {});
    if ((expect.empty || answer.status === 204 || answer.status === 304 || answer.method === 'HEAD') && answer.text !== '') this.faults.push('has a body');
    if (answer.status >= 400 && answer.method !== 'HEAD' && (expect.problem || expect.denied)) this.problem(expect.problem);
    if (good && expect.applied && !(answer.headers.get('preference-applied') ?? '').includes(expect.applied)) this.faults.push(`Preference-Applied is ${answer.headers.get('preference-applied')}, not ${expect.applied}`);
    if (expect.version && answer.json?.info?.version !== this.suite.data.contract) this.faults.push(`info.version is ${answer.json?.info?.version}`);
    if (expect.same && answer.text !== this.state.vars[expect.same]) this.faults.push('is not the first answer');
    if (expect.answer) this.called();
    const readable = this.given.on === undefined || this.suite.entity(this.given.on)?.may.read.flat().includes(this.as);
    if (good && answer.status !== 204 && answer.method !== 'HEAD' && readable) {
      if (expect.rows) this.rows(expect);
      if (expect.object) this.row(answer.json, '', expect);
    }
    return this.faults;
  }

  headers(wanted) {
    for (const [name, pattern] of Object.entries(wanted)) {
      const value = this.answer.headers.get(name);
      if (value === null) this.faults.push(`header ${name} is missing`);
      else if (!new RegExp(pattern, 'i').test(value)) this.faults.push(`header ${name} is ${JSON.stringify(value)}, which does not match ${pattern}`);
    }
  }

  problem(codes) {
    const { answer } = this;
    const type = answer.headers.get('content-type') ?? 'missing';
    if (!/^application\/problem\+json/.test(type)) this.faults.push(`content-type of a refusal is ${type}`);
    if (answer.json === undefined) return this.faults.push('a refusal is no JSON');
    for (const fault of validate(this.suite.document, { $ref: '#/components/schemas/Problem' }, answer.json)) this.faults.push(`problem ${fault}`);
    if (answer.json.status !== answer.status) this.faults.push(`problem says status ${answer.json.status}`);
    if (Array.isArray(codes) && !codes.includes(answer.json.code)) this.faults.push(`code is ${answer.json.code}, not ${codes.join(' or ')}`);
  }

  called() {
    const { answer, suite } = this;
    const command = suite.data.commands[this.given.command];
    if (answer.status >= 400) return this.problem(true);
    if (command.returns === null) return;
    if (answer.json === undefined) return this.faults.push('no row came back');
    for (const fault of validate(suite.document, { $ref: suite.entity(command.returns).schema }, answer.json)) this.faults.push(`row ${fault}`);
  }

  rows(expect) {
    const { answer, suite, given } = this;
    const want = expect.rows;
    const rows = answer.json;
    if (!Array.isArray(rows)) return this.faults.push('the body is no list');
    if (want.min !== undefined && rows.length < want.min) this.faults.push(`${rows.length} rows, at least ${want.min} expected`);
    if (want.max !== undefined && rows.length > want.max) this.faults.push(`${rows.length} rows, at most ${want.max} expected`);
    for (const [at, row] of rows.entries()) {
      this.row(row, `/${at}`, expect);
      if (this.faults.length > 8) return;
    }
    if (want.sorted) this.sorted(rows, want.sorted);
    const range = /^(?:\*|(\d+)-(\d+))\/(?:\*|(\d+))$/.exec(answer.headers.get('content-range') ?? '');
    if (expect.range) {
      const shown = range?.[1] === undefined ? 0 : Number(range[2]) - Number(range[1]) + 1;
      if (range === null || shown !== rows.length) this.faults.push(`Content-Range ${answer.headers.get('content-range')} beside ${rows.length} rows`);
    }
    if (expect.counted && range !== null) {
      if (Number(range[3]) < rows.length) this.faults.push(`${range[3]} rows counted, ${rows.length} shown`);
      if ((answer.status === 206) !== Number(range[3]) > rows.length) this.faults.push(`status ${answer.status} with ${rows.length} of ${range[3]} rows`);
      if (rows.length === 0 && Number(range[3]) > 0) this.faults.push(`no rows of ${range[3]}`);
    }
    if (given.on !== undefined && expect.keyed && rows.length === 1) this.keyed(rows[0]);
    if (expect.unchanged && this.as === this.state.creator && rows.length === 1 && !equal(rows[0], this.state.row)) this.faults.push('is another row than before');
  }

  keyed(row) {
    for (const field of this.suite.entity(this.given.on).key) {
      if (row[field] !== this.state.row[field]) this.faults.push(`${field} is ${JSON.stringify(row[field])}, ${JSON.stringify(this.state.row[field])} was asked for`);
    }
  }

  row(row, at, expect) {
    const { suite, given, faults } = this;
    const want = expect.rows ?? {};
    if (row === null || typeof row !== 'object' || Array.isArray(row)) return faults.push(`${at} is no row`);
    const columns = (want.columns ?? suite.columns(given.on, this.as)).map((name) => suite.fill(name, this.state));
    const allowed = want.embed ? [...columns, 'embedded_'] : columns;
    for (const name of Object.keys(row)) if (!allowed.includes(name)) faults.push(`${at} has the column ${name}, which ${this.as} must not see`);
    for (const name of columns) if (!Object.hasOwn(row, name)) faults.push(`${at} lacks the column ${name}`);
    if (want.absent && Object.hasOwn(row, suite.fill(want.absent, this.state))) faults.push(`${at} shows ${suite.fill(want.absent, this.state)}`);
    if (!want.open) for (const fault of validate(suite.document, { $ref: suite.entity(given.on).schema }, row)) faults.push(`${at}${fault}`);
    if (expect.object && expect.keyed) this.keyed(row);
    if (want.embed) this.embedded(row.embedded_, at, want.embed);
    for (const rule of want.every ?? []) this.every(rule, row[given.field], at);
    if (want.echo) this.echo(row, at);
  }

  embedded(value, at, kind) {
    const { suite, given, faults } = this;
    if (kind === 'many' && !Array.isArray(value)) return faults.push(`${at}/embedded_ is no list`);
    if (kind === 'one' && (value === undefined || Array.isArray(value))) return faults.push(`${at}/embedded_ is neither row nor null`);
    if (kind === 'many' && value.length > 3) faults.push(`${at}/embedded_ has ${value.length} rows, 3 were asked for`);
    const columns = suite.columns(given.target, this.as);
    for (const one of [value].flat()) {
      if (one === null) continue;
      for (const name of Object.keys(one)) if (!columns.includes(name)) faults.push(`${at}/embedded_ has the column ${name}, which ${this.as} must not see`);
      for (const fault of validate(suite.document, { $ref: suite.entity(given.target).schema }, one)) faults.push(`${at}/embedded_${fault}`);
    }
  }

  every(rule, value, at) {
    const asked = this.state.row?.[this.given.field];
    const by = value === null || value === undefined || asked === undefined ? undefined : compare(value, asked, this.suite.rule(this.given.on, this.given.field));
    const holds = { null: value === null, value: value !== null, equal: by === 0, different: by !== undefined && by !== 0, from: by >= 0, below: by < 0 }[rule];
    if (!holds) this.faults.push(`${at}/${this.given.field} is ${JSON.stringify(value)}, which is not ${rule}${asked === undefined ? '' : ` of ${JSON.stringify(asked)}`}`);
  }

  sorted(rows, direction) {
    const rule = this.suite.rule(this.given.on, this.given.field);
    for (let at = 1; at < rows.length; ++at) {
      const [before, after] = [rows[at - 1][this.given.field], rows[at][this.given.field]];
      // Nulls are the largest: last upwards, first downwards.
      const by = before === null || after === null ? Number(before === null) - Number(after === null) : compare(before, after, rule);
      if (direction === 'asc' ? by > 0 : by < 0) return this.faults.push(`/${at}/${this.given.field} is out of order: ${JSON.stringify(before)} before ${JSON.stringify(after)}`);
    }
  }

  /// What was stored comes back.
  echo(row, at) {
    for (const [name, text] of this.state.members ?? []) {
      if (!Object.hasOwn(row, name)) continue;
      const sent = JSON.parse(text);
      const rule = this.suite.rule(this.given.on, name);
      const got = row[name];
      let same = equal(sent, got);
      if (typeof sent === 'string' && typeof got === 'string') {
        if (rule.format === 'uuid') same = sent.toLowerCase() === got.toLowerCase();
        if (rule.format === 'date-time') same = compare(sent, got, rule) === 0;
        if (rule.format === 'time' || rule.format === 'duration') same = true;
      }
      if (!same) this.faults.push(`${at}/${name} came back as ${JSON.stringify(got)?.slice(0, 80)}, not ${text.slice(0, 80)}`);
    }
  }
}

const help = `usage: node run.mjs --url URL --contract NAME --token ROLE=JWT … [options]

  --url URL            server, for example http://127.0.0.1:8080; a path replaces the document's
  --contract NAME      which folder's cases; without it, the current contract
  --token ROLE=JWT     somebody who asks; one for each role
  --other ROLE=JWT     a second caller of a role, of another tenant (or another user where there are no tenants): isolation
  --expired JWT        a token that was good once
  --commands           call the commands, too
  --read-only          write nothing
  --only TEXT          cases whose id holds TEXT; may be repeated
  --except TEXT        not those whose id holds TEXT (deviations that are known); may be repeated
  --kind KIND          positive, boundary, negative or authorisation
  --report FILE        .xml: JUnit; .json: every case with its outcome
  --openapi FILE       the document to judge by, instead of the one the cases name
  --timeout-ms N       of one request (10000)
  --max-requests N     of the run (100000)
  --list               print the ids and end
  --verbose            print skipped cases, too

Exit code: 0 all passed, 1 a case failed, 2 wrong usage, 3 no answer from the server.`;

function options(args) {
  const out = { tokens: new Map(), others: new Map(), only: [], except: [], timeoutMs: 10000, maxRequests: 100000 };
  const pair = (into, text) => { const at = text.indexOf('='); if (at < 1) throw new Error(`${text} is not ROLE=JWT`); into.set(text.slice(0, at), text.slice(at + 1)); };
  const whole = (text) => { if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${text} is no number`); return Number(text); };
  const flags = { '--commands': 'commands', '--read-only': 'readOnly', '--list': 'list', '--verbose': 'verbose', '--help': 'help' };
  const texts = { '--url': 'url', '--contract': 'contract', '--expired': 'expired', '--kind': 'kind', '--report': 'report', '--openapi': 'openapi' };
  for (let at = 0; at < args.length; ++at) {
    const name = args[at];
    if (flags[name]) { out[flags[name]] = true; continue; }
    const value = args[++at];
    if (value === undefined) throw new Error(`${name} needs a value, or is unknown`);
    if (texts[name]) out[texts[name]] = value;
    else if (name === '--token') pair(out.tokens, value);
    else if (name === '--other') pair(out.others, value);
    else if (name === '--only') out.only.push(value);
    else if (name === '--except') out.except.push(value);
    else if (name === '--timeout-ms') out.timeoutMs = whole(value);
    else if (name === '--max-requests') out.maxRequests = whole(value);
    else throw new Error(`${name} is unknown; see --help`);
  }
  return out;
}

/// The cases of a contract, found by its name in the folders beside this program.
function load(contract) {
  const here = dirname(fileURLToPath(import.meta.url));
  const all = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap((entry) => {
    const path = join(here, entry.name, 'cases.json');
    try { return [{ path, data: JSON.parse(readFileSync(path, 'utf8')) }]; } catch (error) { if (error.code === 'ENOENT') return []; throw new Error(`${path}: ${error.message}`); }
  });
  const found = all.find(({ data }) => (contract === undefined ? data.current : data.contract === contract));
  if (found === undefined) throw new Error(`there is no contract ${contract ?? ''}; there are: ${all.map(({ data }) => data.contract).join(', ')}`);
  if (found.data.format !== 1) throw new Error(`${found.path} has another format than this program reads`);
  return found;
}

const xml = (text) => String(text).replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '?').replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

function junit(data, results) {
  const count = (outcome) => results.filter((one) => one.outcome === outcome).length;
  const line = (one) => `  <testcase classname="${xml(one.id.split('/')[0])}" name="${xml(one.id)}" time="${(one.ms / 1000).toFixed(3)}">` + (one.outcome === 'failed' ? `<failure message="${xml(one.why)}">${xml(`${one.curl ?? ''}\n${one.answer ?? ''}`)}</failure>` : one.outcome === 'skipped' ? `<skipped message="${xml(one.why)}"/>` : '') + '</testcase>';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="${xml(`${data.system} ${data.contract}`)}" tests="${results.length}" failures="${count('failed')}" skipped="${count('skipped')}">\n${results.map(line).join('\n')}\n</testsuite>\n`;
}

async function main(args) {
  let given;
  let found;
  let document;
  try {
    given = options(args);
    if (given.help) { console.log(help); return 0; }
    found = load(given.contract);
    if (!given.list && !given.url) throw new Error('--url is missing; see --help');
    for (const role of [...given.tokens.keys(), ...given.others.keys()]) if (!found.data.roles.includes(role)) throw new Error(`there is no role ${role}; there are: ${found.data.roles.join(', ')}`);
    document = JSON.parse(readFileSync(given.openapi ?? resolve(dirname(found.path), found.data.openapi), 'utf8'));
  } catch (error) {
    console.error(`run.mjs: ${error.message}`);
    return 2;
  }
  const { data } = found;
  const cases = data.cases.filter((one) => (given.only.length === 0 || given.only.some((text) => one.id.includes(text))) && (given.kind === undefined || one.kind === given.kind) && !given.except.some((text) => one.id.includes(text)));
  if (given.list) { for (const one of cases) console.log(`${one.id}\t${one.kind}`); return 0; }
  if (cases.length === 0) { console.error('run.mjs: no case fits'); return 2; }
  const suite = new Suite(data, document, given);
  const first = await suite.send(anonymous, { path: '/' });
  if (first.failure !== undefined) { console.error(`run.mjs: ${first.url} does not answer: ${first.failure}`); return 3; }
  const results = [];
  for (const one of cases) {
    const begin = Date.now();
    const result = { id: one.id, kind: one.kind, outcome: 'passed', ms: 0 };
    suite.last = undefined;
    try {
      await suite.case(one);
    } catch (error) {
      const answer = error.answer ?? suite.last;
      Object.assign(result, { outcome: error instanceof Skip ? 'skipped' : 'failed', why: error.message });
      if (result.outcome === 'failed') Object.assign(result, { curl: answer?.curl, answer: answer === undefined ? undefined : `${answer.status ?? answer.failure} ${(answer.text ?? '').slice(0, 400)}` });
      if (result.outcome === 'failed') console.log(`FAILED ${one.id} (${one.kind}): ${result.why}\n  ${result.curl ?? ''}\n  → ${result.answer ?? ''}`);
      else if (given.verbose) console.log(`skipped ${one.id}: ${result.why}`);
    }
    result.ms = Date.now() - begin;
    results.push(result);
  }
  await suite.clean();
  if (given.report) writeFileSync(given.report, given.report.endsWith('.xml') ? junit(data, results) : JSON.stringify({ system: data.system, contract: data.contract, requests: suite.requests, cases: results }, null, 1) + '\n');
  const count = (outcome) => results.filter((one) => one.outcome === outcome).length;
  const why = new Map();
  for (const one of results) if (one.outcome === 'skipped') why.set(one.why, (why.get(one.why) ?? 0) + 1);
  for (const [reason, times] of why) console.log(`skipped ${times}: ${reason}`);
  for (const [name, { count: times, why: reason }] of suite.left) console.log(`left behind: ${times} of ${name} (${reason})`);
  if (cases.length < data.cases.length) console.log(`not run: ${data.cases.length - cases.length} cases that --only, --except or --kind leave out`);
  console.log(`${data.system} ${data.contract}: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped; ${suite.requests} requests, ${suite.removed} of ${suite.created} created rows removed`);
  return count('failed') > 0 ? 1 : 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  main(process.argv.slice(2)).then((code) => { process.exitCode = code; }, (error) => { console.error(error); process.exitCode = 1; });
}
