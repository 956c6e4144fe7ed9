// Redocly and Spectral with its OWASP ruleset judge every OpenAPI document of the examples, an import and the hostile models: no error, no warning.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { files, here, remove, subjects } from "./design.mjs";

const made = [];
after(() => made.forEach(remove));

function run(tool, args) {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const options = { cwd: here, env, encoding: "utf8", maxBuffer: 1 << 26 };
  const done = spawnSync(process.execPath, [join(here, "node_modules", tool), ...args], options);
  if (done.error) throw done.error;
  return done;
}

for (const { name, design, skip } of subjects) {
  test(`the OpenAPI documents of ${name} have no fault`, { skip: skip ?? false }, async (t) => {
    const directory = design();
    made.push(directory);
    const documents = files(directory).filter((file) => file.startsWith("openapi/")).map((file) => join(directory, file));
    assert.ok(documents.length >= 2, "the whole, anonymous and each role");

    await t.test("redocly", () => {
      const done = run("@redocly/cli/bin/cli.js", ["lint", "--config", "redocly.yaml", "--format=json", ...documents]);
      // One report a document, without a separator.
      const reports = JSON.parse(`[${done.stdout.replace(/^\}\s*\{$/gm, "},{")}]`);
      assert.equal(reports.length, documents.length);
      const problems = reports.flatMap((report) => report.problems);
      const faults = problems.map((one) => `${one.severity} ${one.ruleId}: ${one.message} ${one.location?.[0]?.pointer ?? ""}`);
      assert.deepEqual(faults, []);
      assert.equal(done.status, 0);
    });

    await t.test("spectral", () => {
      const options = ["-r", "spectral.yaml", "-f", "json", "-q", "--fail-severity=hint"];
      const done = run("@stoplight/spectral-cli/dist/index.js", ["lint", ...options, ...documents]);
      const faults = JSON.parse(done.stdout).map((one) => `${one.severity} ${one.code}: ${one.message} ${one.path.join("/")}`);
      assert.deepEqual(faults, []);
      assert.equal(done.status, 0);
    });
  });
}
