// What `kingpost review` writes about other people's files: Mermaid's parser reads the diagrams, html-validate the page, the TypeScript compiler the SARIF
// log. Judged over every case of tests/cases/assess at once, and over a schema whose names try to break out of every format.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { JSDOM } from "jsdom";
import { here, remove, root } from "./design.mjs";

const made = [];
let mermaid;
before(async () => {
  const { window } = new JSDOM("");
  globalThis.window = window;
  globalThis.document = window.document;
  mermaid = (await import("mermaid")).default;
  mermaid.initialize({ maxEdges: 5000, maxTextSize: 5_000_000 });
});
after(() => made.forEach(remove));

function folder() {
  const path = mkdtempSync(join(here, ".assess-"));
  made.push(path);
  return path;
}

function hostile() {
  const path = folder();
  const name = (text) => `"${text.replaceAll('"', '""')}"`;
  const names = ["a`|<script>alert(1)</script>", "--- x: {}", "%%{init: {}}%%", "end", 'q"uote\\', "ünï ☃", "x\nclass y", "# h", "[a](javascript:1)"];
  const tables = names.map((one, at) => `CREATE TABLE ${name(one)} (id bigint PRIMARY KEY, ${name(one + "c")} text, ref${at} bigint REFERENCES ${name(names[Math.max(0, at - 1)])});`);
  writeFileSync(join(path, "a.sql"), tables.join("\n"));
  mkdirSync(join(path, "k"));
  writeFileSync(join(path, "k", "docker-compose.yml"), 'services:\n  "we}b%% \\"x":\n    image: "im<b>age"\n    ports: ["80:80"]\n    depends_on: ["end"]\n  end:\n    image: postgres\n');
  return path;
}

function reviewed(path) {
  const out = folder();
  const run = spawnSync(process.env.KINGPOST_BINARY, ["review", path, "-o", out], { encoding: "utf8", maxBuffer: 1 << 28 });
  assert.ok(run.status === 0 || run.status === 1, run.stderr);
  return out;
}

for (const [name, source] of [["every case", () => join(root, "tests/cases/assess")], ["a hostile schema", hostile]]) {
  test(`${name}: diagrams, page and log are what they claim to be`, async () => {
    const out = reviewed(source());
    const files = readdirSync(out);
    const diagrams = files.filter((file) => file.endsWith(".mmd"));
    assert.ok(diagrams.length >= 2, String(files));
    for (const file of diagrams) {
      const kind = await mermaid.parse(readFileSync(join(out, file), "utf8"));
      assert.equal(kind.diagramType, file.startsWith("c4-") ? "c4" : "er", file);
    }
    // Pictures inlined side by side share the ids of their arrow heads, which are drawn alike.
    const validator = new HtmlValidate({ extends: ["html-validate:standard"], rules: { "no-dup-id": "off", "no-inline-style": "off", "long-title": "off", "svg-focusable": "off", "no-trailing-whitespace": "off" } });
    const page = await validator.validateString(readFileSync(join(out, "report.html"), "utf8"));
    assert.deepEqual(page.results.flatMap((one) => one.messages.map((message) => `${message.ruleId} ${message.line}: ${message.message}`)), []);
    assert.ok(!readFileSync(join(out, "report.html"), "utf8").includes("<script"));
    for (const file of files.filter((one) => one.endsWith(".svg"))) {
      const { window } = new JSDOM(readFileSync(join(out, file), "utf8"), { contentType: "image/svg+xml" });
      assert.equal(window.document.querySelector("parsererror, script"), null, file);
    }
    writeFileSync(join(out, "log.ts"), `import type { Log } from "sarif";\nexport const log: Log = ${readFileSync(join(out, "findings.sarif"), "utf8")};\n`);
    const strict = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--pretty", "false"];
    const judged = spawnSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), ...strict, join(out, "log.ts")], { cwd: here, encoding: "utf8" });
    assert.equal(judged.stdout, "");
    const checked = spawnSync(process.env.KINGPOST_BINARY, ["check", join(out, "model.yaml")], { encoding: "utf8" });
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
  });
}
