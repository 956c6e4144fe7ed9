// The TypeScript compiler judges the SARIF logs of reviews against the types of SARIF 2.1.0 that others keep; literals may have no member that the
// standard does not know.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { here, remove, root } from "./design.mjs";

const made = [];
after(() => made.forEach(remove));

function folder() {
  const path = mkdtempSync(join(here, ".sarif-"));
  made.push(path);
  return path;
}

const kingpost = (...args) => spawnSync(process.env.KINGPOST_BINARY, args, { encoding: "utf8", maxBuffer: 1 << 27 });

function judge(text) {
  const place = folder();
  writeFileSync(join(place, "log.ts"), `import type { Log } from "sarif";\nexport const log: Log = ${text};\n`);
  const strict = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--pretty", "false"];
  return spawnSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), ...strict, join(place, "log.ts")], { cwd: here, encoding: "utf8" }).stdout;
}

for (const name of ["shop/shop.yaml", "saas/saas.yaml", "flawed/flawed.yaml"]) {
  test(`the review of ${name} is SARIF 2.1.0`, () => {
    const log = kingpost("review", join(root, "examples", name), "--format", "sarif").stdout;
    assert.ok(JSON.parse(log).runs[0].results.length > 0);
    assert.equal(judge(log), "");
  });
}

test("a hostile model's review is SARIF 2.1.0", () => {
  const place = folder();
  const model = join(place, "a b\"'%.yaml");
  copyFileSync(join(here, "hostile.yaml"), model);
  kingpost("review", model, "--accept", "api-no-version", "--reason", "</script>\u2028 \"x\"");
  assert.equal(judge(kingpost("review", model, "--format", "sarif").stdout), "");
});

test("the judge refuses what is not SARIF", () => {
  assert.match(judge('{ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "x" } }, "results": [{ "message": { "text": "x" }, "levl": "note" }] }] }'), /levl/);
  assert.match(judge('{ "version": "2.1.0", "runs": [{ "tool": { "driver": {} } }] }'), /name/);
});
