
class Skip extends Error {}
const anonymous = '(anonymous)';
const singular = 'application/vnd.pgrst.object+json';
const quote = (text) => `'${String(text).replace(/'/g, `'\\''`)}'`;
const claims = (token) => { try { return JSON.parse(Buffer.from(token.split('.')[1], 'base64url')); } catch { return {}; } };
/// A name in a query string, quoted where its characters could be read as something else.
const identifier = (name) => (name === undefined || /^[A-Za-z0-9_]+$/.test(name) ? name : `"${name.replace(/(["\\])/g, '\\$1')}"`);
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const points = (text) => [...text].map((letter) => letter.codePointAt(0));
const instant = (text) => { const found = /^(.{19})(\.\d+)?(.*)$/.exec(text); return found ? [Date.parse(found[1] + (found[3] || 'Z')), Number(found[2] ?? 0)] : [NaN, 0]; };
const compareLists = (left, right) => { for (let at = 0; at < Math.max(left.length, right.length); ++at) { const by = (left[at] ?? -1) - (right[at] ?? -1); if (by !== 0) return by; } return 0; };

/// Orders two values of a column as the contract does: numbers by size, times by instant, text by code point.
function compare(left, right, rule) {
  if (typeof left === 'number' || typeof left === 'boolean') return Number(left) - Number(right);
  if (rule?.format === 'date-time') return compareLists(instant(left), instant(right));
  return compareLists(points(String(left)), points(String(right)));
}

class Suite {
  constructor(data, document, options) {
    Object.assign(this, { data, document, options });
    this.run = randomBytes(4).toString('hex');
    this.counter = 0;
    this.requests = 0;
    this.made = [];
    this.created = 0;
    this.removed = 0;
    this.memory = new Map();
    this.left = new Map();
    const url = new URL(options.url);
    this.base = url.origin + (url.pathname === '/' ? data.base : url.pathname.replace(/\/$/, ''));
  }

  once(name, make) {
    if (!this.memory.has(name)) this.memory.set(name, make());
    return this.memory.get(name);
  }

  // --- who asks -----------------------------------------------------------------------------------------------------------------------
  has(name) { return name === anonymous || this.options.tokens.has(name); }

  able(element, operation, field) {
    const [always, depends] = element.may[operation];
    const fit = (name) => this.has(name) && !(field !== undefined && (element.hidden?.[name] ?? []).includes(field)) && element.row?.[field]?.[`not ${name}`] === undefined;
    const known = (list) => [...list.filter((name) => name !== anonymous), ...list.filter((name) => name === anonymous)].filter(fit);
    return [...known(always), ...known(depends)];
  }

  authorization(as, kind) {
    if (as === anonymous) return {};
    if (as === 'other') return { authorization: `Bearer ${this.options.others.get(kind)}` };
    if (!as.startsWith('bad:')) return { authorization: `Bearer ${this.options.tokens.get(as)}` };
    const good = [...this.options.tokens.values()][0];
    switch (as.slice(4)) {
      case 'garbage': return { authorization: 'Bearer not.a.token' };
      case 'empty': return { authorization: 'Bearer ' };
      case 'basic': return { authorization: 'Basic dXNlcjpwYXNzd29yZA==' };
      case 'expired':
        if (!this.options.expired) throw new Skip('no token was given with --expired');
        return { authorization: `Bearer ${this.options.expired}` };
      default: {
        if (!good) throw new Skip('no token was given');
        const [head, body, signature] = good.split('.');
        if (as === 'bad:none') return { authorization: `Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${body}.` };
        return { authorization: `Bearer ${head}.${encode({ ...claims(good), sub: randomUUID() })}.${signature}` };
      }
    }
  }

  // --- one request --------------------------------------------------------------------------------------------------------------------
  async send(as, { method = 'GET', path, query = [], headers = {}, body, kind }) {
    if (++this.requests > this.options.maxRequests) throw new Error(`more than ${this.options.maxRequests} requests; see --max-requests`);
    const url = new URL(path.startsWith('http') ? path : this.base.endsWith(this.data.base) && path.startsWith(this.data.base + '/') ? new URL(path, this.base).href : this.base + path);
    for (const [name, value] of query) url.search += `${url.search ? '&' : '?'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    const write = method !== 'GET' && method !== 'HEAD';
    const sent = { ...this.authorization(as, kind), ...(this.data.current || method === 'OPTIONS' ? {} : { [write ? 'content-profile' : 'accept-profile']: this.data.contract }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
    const answer = { method, url: url.href, sent, body };
    answer.curl = ['curl -i', method === 'HEAD' ? '-I' : method === 'GET' ? '' : `-X ${method}`, ...Object.entries(sent).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`), body === undefined ? '' : `--data-raw ${quote(body.length > 2000 ? body.slice(0, 2000) + '…' : body)}`, quote(url.href)].filter(Boolean).join(' ');
    this.last = answer;
    try {
      const response = await fetch(url, { method, headers: sent, body, redirect: 'manual', signal: AbortSignal.timeout(this.options.timeoutMs) });
      const chunks = [];
      let size = 0;
      if (response.body) for await (const chunk of response.body) { size += chunk.length; if (size > 64 << 20) throw new Error('the answer is larger than 64 MiB'); chunks.push(chunk); }
      answer.text = Buffer.concat(chunks).toString('utf8');
      answer.status = response.status;
      answer.headers = response.headers;
      try { answer.json = answer.text === '' ? undefined : JSON.parse(answer.text); } catch { answer.json = undefined; }
    } catch (error) {
      answer.failure = error.cause?.message ?? error.message;
    }
    return answer;
  }

  // --- rows ---------------------------------------------------------------------------------------------------------------------------
  entity(name) { return this.data.entities[name]; }
  path(name) { return '/' + encodeURIComponent(name); }
  columns(name, as) { const hidden = this.entity(name).hidden[as] ?? []; return this.entity(name).columns.filter((column) => !hidden.includes(column)); }
  rule(name, field) { const shape = this.document.components.schemas[this.entity(name).schema.split('/').pop()]; return shape?.properties?.[field] ?? {}; }
  keyOf(name, row) { return this.entity(name).key.map((field) => [identifier(field), `eq.${row[field]}`]); }

  /// Who reads best: whoever created here, else whoever sees a row.
  reader(name, { field, also } = {}) {
    return this.once(`reader ${name} ${field ?? ''} ${also ?? ''}`, async () => {
      const element = this.entity(name);
      let list = this.able(element, 'read', field);
      if (also !== undefined) list = list.filter((one) => this.entity(also).may.read.flat().includes(one));
      if (list.length === 0) throw new Skip(`no token for anybody who reads ${name}${field === undefined ? '' : ` with ${field}`}`);
      for (const one of list) {
        const answer = await this.send(one, { path: this.path(name), query: [['limit', '1']] });
        if (Array.isArray(answer.json) && answer.json.length > 0) return one;
      }
      return list[0];
    });
  }

  value(recipe, as, memo) {
    const number = () => {
      const low = recipe.min ?? 0;
      const high = Math.min(recipe.max ?? 1e9, recipe.precision ? 10 ** (recipe.precision - recipe.scale) - 1 : 1e9);
      if (recipe.unique) return String(Math.floor(low + Math.random() * Math.max(0, high - low)));
      return String(Math.min(Math.max(1, low), high));
    };
    switch (recipe.t) {
      case 'bool': return 'true';
      case 'number': return number();
      case 'text': {
        const text = recipe.max < 12 ? Array.from({ length: recipe.max }, () => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(Math.random() * 26)]).join('') : `kp-${this.run}-${++this.counter}`;
        return JSON.stringify([...text].slice(0, recipe.max).join(''));
      }
      case 'uuid': return JSON.stringify(randomUUID());
      case 'date': return '"2026-01-15"';
      case 'time': return '"12:00:00"';
      case 'timestamp': return '"2026-01-15T12:00:00Z"';
      case 'duration': return '"PT1H"';
      case 'bytes': return '"AAEC"';
      case 'list': return '[]';
      case 'json': return '{}';
      case 'enum': return JSON.stringify(recipe.value);
      case 'caller': return JSON.stringify(claims(this.options.tokens.get(as) ?? '').sub ?? randomUUID());
      case 'tenant': return JSON.stringify(claims(this.options.tokens.get(as) ?? '')[this.data.tenant_claim] ?? randomUUID());
      case 'ref': return this.target(recipe, as, memo).then((row) => JSON.stringify(row[recipe.field]));
      default: throw new Skip('a member refers to what this contract does not show');
    }
  }

  async target(recipe, as, memo) {
    if (memo.depth > 5) throw new Skip('rows refer to rows too deeply');
    if (!memo.rows.has(recipe.of)) {
      memo.rows.set(recipe.of, (async () => {
        if (!recipe.fresh && this.entity(recipe.of).may.read.flat().includes(as)) {
          const answer = await this.once(`some ${recipe.of} ${as}`, () => this.send(as, { path: this.path(recipe.of), query: [['limit', '1']] }));
          if (Array.isArray(answer.json) && answer.json.length > 0) return answer.json[0];
        }
        return this.create(recipe.of, undefined, memo.depth + 1);
      })());
    }
    return memo.rows.get(recipe.of);
  }

  /// Members of a valid row, as JSON texts.
  async members(element, as, full, depth = 0) {
    const memo = { depth, rows: new Map() };
    const out = new Map();
    for (const [name, recipe] of Object.entries(element.row)) {
      if (recipe[`not ${as}`] !== undefined || !(recipe.required || (full && !recipe.checked && recipe.t !== 'unknown' && !(recipe.unique && recipe.t === 'ref')))) continue;
      try {
        out.set(name, await this.value(recipe, as, memo));
      } catch (error) {
        if (recipe.required || !(error instanceof Skip)) throw error;
      }
    }
    return out;
  }

  /// Creates a row by whoever can; it is removed at the end.
  async create(name, as, depth = 0) {
    if (this.options.readOnly) throw new Skip('--read-only');
    const creator = as ?? await this.creator(name, undefined, depth);
    const { answer } = await this.attempt(name, creator, depth);
    if (answer.status !== 201 || !Array.isArray(answer.json) || answer.json.length !== 1) throw new Skip(`no row of ${name} could be created: ${answer.status ?? answer.failure} ${answer.json?.code ?? ''} ${answer.json?.message ?? ''}`);
    return answer.json[0];
  }

  /// Of what a caller has but once, the row made before has to go.
  async makeRoom(name) {
    if (!this.entity(name)?.single) return;
    const mine = this.made.filter((one) => one.name === name);
    this.made = this.made.filter((one) => one.name !== name);
    for (const one of mine) await this.remove(one);
    for (const key of [...this.memory.keys()]) if (key.startsWith(`some ${name} `)) this.memory.delete(key);
  }

  async attempt(name, as, depth) {
    await this.makeRoom(name);
    const body = '{' + [...await this.members(this.entity(name), as, false, depth)].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',') + '}';
    const answer = await this.send(as, { method: 'POST', path: this.path(name), headers: { prefer: 'return=representation' }, body });
    this.remember(name, as, answer);
    return { answer };
  }

  creator(name, field, depth = 0) {
    return this.once(`creator ${name} ${field ?? ''}`, async () => {
      if (this.options.readOnly) throw new Skip('--read-only');
      const element = this.entity(name);
      const list = this.able(element, 'create', field);
      if (list.length === 0) throw new Skip(`no token for anybody who creates ${name}`);
      let why = '';
      for (const one of list) {
        if (element.may.create[0].includes(one)) return one;
        try {
          const { answer } = await this.attempt(name, one, depth);
          if (answer.status === 201) return one;
          why = `${one}: ${answer.status ?? answer.failure} ${answer.json?.code ?? ''} ${answer.json?.message ?? ''}`;
        } catch (error) {
          if (!(error instanceof Skip)) throw error;
          why = error.message;
        }
      }
      throw new Skip(`nobody with a token could create ${name}: ${why}`);
    });
  }

  /// Notes what was created, for the end.
  remember(name, as, answer) {
    if (answer.method !== 'POST' || answer.status !== 201 || this.entity(name) === undefined) return;
    const rows = Array.isArray(answer.json) ? answer.json : answer.json && typeof answer.json === 'object' ? [answer.json] : [];
    const made = rows.map((row) => ({ name, as, key: this.keyOf(name, row) }));
    if (rows.length === 0 && answer.headers.get('location')) made.push({ name, as, location: answer.headers.get('location') });
    this.created += made.length;
    this.made.push(...made);
  }

  /// Removes one row; or says why not.
  async remove({ name, as, key, location }) {
    const list = this.able(this.entity(name), 'delete');
    const first = list.includes(as) ? [as, ...list.filter((one) => one !== as)] : list;
    let why = 'nobody with a token may delete there';
    for (const one of key?.length === 0 ? [] : first) {
      const answer = await this.send(one, { method: 'DELETE', path: location ?? this.path(name), query: key ?? [] }).catch((error) => ({ failure: error.message }));
      if (answer.status === 204 || answer.status === 200) { ++this.removed; return undefined; }
      why = `${answer.status ?? answer.failure} ${answer.json?.code ?? ''}`;
    }
    this.left.set(name, { count: (this.left.get(name)?.count ?? 0) + 1, why });
    return why;
  }

  async clean() {
    for (const one of this.made.reverse()) await this.remove(one);
  }

  // --- one case -----------------------------------------------------------------------------------------------------------------------
  async actor(as, given, state) {
    if (as === undefined || as === 'other') as = as ?? given.as;
    if (as === 'any') return [...this.options.tokens.keys()][0] ?? anonymous;
    if (as === 'other' || as.startsWith('bad:')) return as;
    const element = state.element;
    if (as === 'read' && this.entity(given.on)) {
      const readers = this.able(element, 'read', given.field);
      return state.creator !== undefined && readers.includes(state.creator) ? state.creator : this.reader(given.on, { field: given.field, also: given.target });
    }
    if (as === 'create') return this.creator(given.on, given.field !== undefined && element.row[given.field] ? given.field : undefined);
    if (['update', 'delete', 'call'].includes(as) && element.may[as]) {
      const list = this.able(element, as, element.row?.[given.field] ? given.field : undefined);
      if (list.length === 0) throw new Skip(`no token for anybody who may ${as} ${given.on ?? given.command}`);
      return list.includes(state.creator) ? state.creator : list[0];
    }
    if (!this.has(as)) throw new Skip(`no token for ${as}`);
    return as;
  }

  nobody(name) {
    return Object.fromEntries(this.entity(name).key.map((field) => {
      const rule = this.rule(name, field);
      const type = [rule.type].flat()[0];
      if (rule.enum) return [field, rule.enum[0]];
      if (rule.format === 'uuid') return [field, randomUUID()];
      if (rule.format === 'date') return [field, '1900-01-01'];
      if (rule.format === 'date-time') return [field, '1900-01-01T00:00:00Z'];
      return [field, type === 'integer' || type === 'number' ? Math.min(2147483000, rule.maximum ?? 2147483000) : 'kpnobody'.slice(0, rule.maxLength ?? 8)];
    }));
  }

  async prepare(given, script, state) {
    if (!script.needs) return;
    const name = given.on;
    const path = this.path(name);
    if (script.needs === 'nobody') state.row = this.nobody(name);
    if (script.needs === 'fresh') {
      state.creator = script.other ? given.as : await this.creator(name, given.field !== undefined && this.entity(name).row[given.field] ? given.field : undefined);
      if (!this.has(state.creator)) throw new Skip(`no token for ${state.creator}`);
      state.row = await this.create(name, state.creator);
      return;
    }
    if (script.needs === 'nobody') return;
    const as = await this.actor('read', given, state);
    const wanted = script.needs === 'two' ? 2 : 1;
    const ask = () => this.send(as, { path, query: [...(script.needs === 'value' ? [[identifier(given.field), 'not.is.null']] : []), ['limit', '20']] });
    let rows = (await ask()).json;
    for (let missing = wanted - (rows?.length ?? 0); missing > 0 && script.needs !== 'value'; --missing) await this.create(name);
    if ((rows?.length ?? 0) < wanted) rows = (await ask()).json;
    if (script.needs === 'value') rows = rows?.filter((row) => String(row[given.field]).length <= 500);
    if (!Array.isArray(rows) || rows.length < wanted) throw new Skip(`not enough rows of ${name} that ${as} sees${script.needs === 'value' ? ` with ${given.field}` : ''}`);
    state.row = rows[0];
    if (script.needs === 'value') {
      state.vars.value = String(rows[0][given.field]);
      state.vars.quoted = `"${state.vars.value.replace(/(["\\])/g, '\\$1')}"`;
    }
  }

  /// The text of a request's body, and its members as JSON texts.
  async body(spec, given, state, as) {
    const element = state.element;
    const print = (members) => '{' + [...members].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',') + '}';
    const wanted = () => {
      if (given.repeat === undefined) return given.json;
      const letters = Array.from({ length: given.repeat }, () => JSON.parse(JSON.stringify(given.json)));
      if (element.row[given.field]?.unique) [...`${this.run}${++this.counter}`].slice(0, given.repeat).forEach((letter, at) => { letters[at] = letter; });
      return JSON.stringify(letters.join(''));
    };
    if (spec.raw !== undefined) return spec.raw.includes('{{') ? this.fill(spec.raw, state) : spec.raw;
    if (spec.kept) return state.kept;
    if (spec.deep) return '['.repeat(spec.deep) + ']'.repeat(spec.deep);
    if (spec.huge) return `{"huge_":"${'a'.repeat(spec.huge)}"}`;
    if (spec.change) return print(state.members = new Map([[given.field, this.changed(given, state)]]));
    if (spec.rows !== undefined) {
      const list = [];
      for (let at = 0; at < spec.rows; ++at) list.push(await this.members(element, as, false));
      if (spec.mark) state.vars.mark = String(JSON.parse(list[0].get(given.field)));
      if (spec.same) list.at(-1).set(given.field, JSON.stringify(state.row[given.field]));
      return `[${list.map(print).join(',')}]`;
    }
    const members = spec.row === undefined ? new Map() : spec.loose ? await this.members(element, as, false).catch(() => new Map()) : await this.members(element, as, spec.row === 'full');
    if (spec.with) members.set(given.field, wanted());
    if (spec.without) members.delete(given.field);
    if (spec.same) members.set(given.field, JSON.stringify(state.row[given.field]));
    if (spec.key) for (const field of element.key) members.set(field, JSON.stringify(state.row[field]));
    if (spec.add) members.set(spec.add, '1');
    if (spec.dangling) {
      const type = [this.rule(given.on, given.field).type].flat()[0];
      members.set(given.field, type === 'integer' ? '2147483000' : this.rule(given.on, given.field).format === 'uuid' ? JSON.stringify(randomUUID()) : '"zz"');
    }
    state.members = members;
    const text = print(members);
    if (spec.keep) state.kept = text;
    return text;
  }

  changed(given, state) {
    const recipe = state.element.row[given.field];
    const now = state.row[given.field];
    if (typeof now === 'number' && recipe.t === 'number') return String(recipe.max !== undefined && now + 1 > recipe.max ? now - 1 : now + 1);
    if (recipe.t === 'date') return '"2026-02-16"';
    if (recipe.t === 'timestamp') return '"2026-02-16T12:00:00Z"';
    if (recipe.t === 'time') return '"13:30:00"';
    if (recipe.t === 'duration') return '"PT2H"';
    return this.value(recipe, state.creator, { depth: 0, rows: new Map() });
  }

  fill(text, state) { return text.replace(/\{\{(\w+)\}\}/g, (whole, name) => state.vars[name] ?? whole); }

  /// Runs one case: nothing, or an Error; a Skip where it cannot be run here.
  async case(given) {
    const script = this.data.scripts[given.script];
    const element = given.command !== undefined ? this.data.commands[given.command] : this.entity(given.on);
    const state = { element, vars: { field: given.field, value: given.value, name: given.name, contract: this.data.contract, unique: `kp-${this.run}-${++this.counter}` } };
    state.vars.column = element?.key?.[0] ?? element?.columns?.[0];
    state.vars.member = JSON.stringify(Object.keys(element?.row ?? {})[0] ?? 'no_such_member_').slice(1, -1);
    if (given.command !== undefined && !this.options.commands) throw new Skip('commands are asked with --commands');
    if (this.options.readOnly && script.steps.some((step) => ['POST', 'PATCH', 'DELETE'].includes(step.method) && !step.expect.denied)) throw new Skip('--read-only');
    if (script.other) {
      if (!this.options.others.has(given.as)) throw new Skip(`no second caller: --other ${given.as}=JWT`);
      const [mine, theirs] = [claims(this.options.tokens.get(given.as) ?? ''), claims(this.options.others.get(given.as))];
      const apart = element.tenanted ? mine[this.data.tenant_claim] !== theirs[this.data.tenant_claim] : mine.sub !== theirs.sub;
      if (!apart) throw new Skip(`--other ${given.as} is of the same ${element.tenanted ? 'tenant' : 'user'}`);
    }
    if (script.steps.some((step) => step.method === 'POST')) await this.makeRoom(given.on);
    await this.prepare(given, script, state);
    if (state.row !== undefined && script.steps.some((step) => step.query === 'key' || step.query?.includes?.('key'))) state.key = this.keyOf(given.on, state.row);
    for (const [at, step] of script.steps.entries()) {
      const as = await this.actor(step.as ?? script.as, given, state);
      const quoted = { vars: { ...state.vars, ...Object.fromEntries(['field', 'name', 'column'].map((name) => [name, identifier(state.vars[name])])) } };
      const query = (step.query ?? []).flatMap((part) => (part === 'key' ? state.key : [[this.fill(part[0], quoted), this.fill(part[1], quoted)]]));
      const headers = Object.fromEntries(Object.entries(step.headers ?? {}).map(([name, text]) => [name, this.fill(text, state)]));
      const body = step.body === undefined ? undefined : await this.body(step.body, given, state, as);
      const path = step.path !== undefined ? this.fill(step.path, state) : given.command !== undefined ? `/rpc/${encodeURIComponent(given.command)}` : this.path(given.on);
      const answer = await this.send(as, { method: step.method, path, query, headers, body, kind: given.as });
      if (given.on !== undefined) this.remember(given.on, as, answer);
      const checker = new Checker(this, given, state, { as: as === 'other' ? given.as : as, selects: query.some(([name]) => name === 'select') });
      const faults = checker.check(answer, step.expect);
      if (faults.length === 0 && step.walk) faults.push(...await this.walk(as, given, answer, step.walk));
      if (faults.length > 0) throw Object.assign(new Error(`step ${at + 1} of ${script.steps.length}: ${faults.slice(0, 5).join('; ')}`), { answer });
      for (const [name, from] of Object.entries(step.save ?? {})) state.vars[name] = from === 'body' ? answer.text : answer.headers.get(from) ?? '';
    }
  }

  /// Follows the links to the next page: no row comes twice, no page is longer than asked.
  async walk(as, given, first, limit) {
    const seen = new Set();
    let answer = first;
    for (let page = 1; page <= 4; ++page) {
      if (!Array.isArray(answer.json)) return [`page ${page} is no list but ${answer.status}`];
      if (answer.json.length > limit) return [`page ${page} has ${answer.json.length} rows, ${limit} were asked for`];
      for (const row of answer.json) {
        const key = JSON.stringify(this.keyOf(given.on, row));
        if (seen.has(key)) return [`page ${page} repeats ${key}`];
        seen.add(key);
      }
      const next = /<([^>]*)>;\s*rel="?next"?/.exec(answer.headers.get('link') ?? '')?.[1];
      if (next === undefined) return answer.json.length === limit && page === 1 && !answer.headers.get('link') ? ['a full page has no Link'] : [];
      answer = await this.send(as, { path: new URL(next, this.base).href });
    }
    return [];
  }
}
