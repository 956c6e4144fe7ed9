// Reads a workspace in Structurizr's DSL strictly, by its published grammar: no parser of it could be had as a package with code in it. Knows what
// a workspace of models and views needs; anything else is refused, as are names that siblings share and identifiers that nobody declared.
import assert from "node:assert/strict";

/// Lines of tokens. A string has \" as its only escape; a variable of the environment would be replaced in it, so it may hold none.
function tokens_of(line, number) {
  const tokens = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === " ") {
      at += 1;
    } else if (line[at] === '"') {
      let text = "";
      for (at += 1; line[at] !== '"'; at += 1) {
        assert.ok(at < line.length, `line ${number}: a string does not end`);
        if (line[at] === "\\") {
          at += 1;
          assert.equal(line[at], '"', `line ${number}: a backslash that escapes no quote`);
        }
        text += line[at];
      }
      at += 1;
      assert.ok(!/\$\{[a-zA-Z0-9-_.]+\}/.test(text), `line ${number}: a variable`);
      tokens.push({ text, quoted: true });
    } else {
      const end = line.slice(at).search(/[ "]|$/) + at;
      tokens.push({ text: line.slice(at, end), quoted: false });
      at = end;
    }
  }
  return tokens;
}

const elements = {
  person: { parents: ["model"], strings: [1, 3] },
  softwareSystem: { parents: ["model"], strings: [1, 3] },
  container: { parents: ["softwareSystem"], strings: [1, 4] },
  component: { parents: ["container"], strings: [1, 4] },
};
const blocks = { workspace: [null], model: ["workspace"], views: ["workspace"], styles: ["views"], element: ["styles"] };
const views = { systemContext: "softwareSystem", container: "softwareSystem", component: "container" };
const plain = /^(!identifiers flat|include \*|autoLayout (lr|tb)|shape \w+|background #[0-9a-f]{6})$/;

class Reader {
  open = [];
  declared = new Map();
  names = new Map();
  result = { name: "", elements: [], relations: [], views: [] };

  get parent() {
    return this.open.at(-1) ?? null;
  }

  line(text, number) {
    const tokens = tokens_of(text.trim(), number);
    if (tokens.length === 0) return;
    const words = tokens.map((one) => one.text);
    const opens = !tokens.at(-1).quoted && words.at(-1) === "{";
    const inner = opens ? tokens.slice(0, -1) : tokens;
    if (words.length === 1 && words[0] === "}") assert.ok(this.open.pop(), `line ${number}: a bracket too many`);
    else if (words[1] === "=") this.element(words[0], inner.slice(2), opens, number);
    else if (words[1] === "->") this.relation(inner, number);
    else if (this.parent?.kind === "views" && words[0] in views) this.view(inner, number);
    else if (words[0] in blocks) this.block(inner, number);
    else assert.match(text.trim(), plain, `line ${number}`);
    if (opens && words[1] !== "=") this.open.push({ kind: words[0], id: null });
  }

  element(id, tokens, opens, number) {
    const kind = tokens[0].text;
    const rule = elements[kind];
    assert.ok(rule, `line ${number}: ${kind}`);
    assert.ok(rule.parents.includes(this.parent?.kind), `line ${number}: ${kind} in ${this.parent?.kind}`);
    assert.match(id, /^\w+$/);
    assert.ok(!this.declared.has(id), `line ${number}: ${id} twice`);
    const strings = tokens.slice(1);
    assert.ok(strings.length >= rule.strings[0] && strings.length <= rule.strings[1] && strings.every((one) => one.quoted), `line ${number}`);
    const scope = `${this.parent.id ?? ""}/${strings[0].text}`;
    assert.ok(strings[0].text !== "" && !this.names.has(scope), `line ${number}: the name ${strings[0].text} again`);
    this.names.set(scope, id);
    this.declared.set(id, kind);
    this.result.elements.push({ id, kind, name: strings[0].text });
    if (opens) this.open.push({ kind, id });
  }

  relation(tokens, number) {
    const [from, , to, ...rest] = tokens;
    for (const end of [from, to]) assert.ok(this.declared.has(end.text), `line ${number}: ${end.text} is not declared`);
    assert.ok(rest.length <= 3 && rest.every((one) => one.quoted), `line ${number}`);
    const arrow = `${from.text} ${to.text} ${rest[0]?.text}`;
    assert.ok(!this.result.relations.includes(arrow), `line ${number}: the same arrow again`);
    this.result.relations.push(arrow);
  }

  view(tokens, number) {
    const [kind, subject, key] = tokens;
    assert.equal(this.declared.get(subject.text), views[kind.text], `line ${number}`);
    assert.match(key.text, /^[a-zA-Z0-9_-]+$/);
    this.result.views.push({ kind: kind.text, subject: subject.text });
  }

  block(tokens, number) {
    assert.ok(blocks[tokens[0].text].includes(this.parent?.kind ?? null), `line ${number}: ${tokens[0].text} in ${this.parent?.kind}`);
    assert.ok(tokens.slice(1).every((one) => one.quoted), `line ${number}`);
    if (tokens[0].text === "workspace") this.result.name = tokens[1].text;
  }
}

export function read_workspace(text) {
  const reader = new Reader();
  text.split("\n").forEach((line, at) => reader.line(line, at + 1));
  assert.deepEqual(reader.open, [], "every bracket is closed");
  return reader.result;
}
