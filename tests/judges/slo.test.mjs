// Prometheus' own promtool checks the rules and runs their tests. It comes from the Debian package `prometheus`, unpacked beside the build and not
// installed, so that no service starts on anybody's machine; where it cannot be had the test says so.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { design, design_example, here, remove, root } from "./design.mjs";

const run = (command, words, cwd) => spawnSync(command, words, { cwd, encoding: "utf8", timeout: 240_000 });

function promtool() {
  if (process.env.PROMTOOL) return process.env.PROMTOOL;
  const installed = run("promtool", ["--version"]);
  if (!installed.error && installed.status === 0) return "promtool";
  const folder = join(root, "build", "tools");
  const tool = join(folder, "usr", "bin", "promtool");
  if (existsSync(tool)) return tool;
  mkdirSync(folder, { recursive: true });
  if (run("apt-get", ["download", "prometheus"], folder).status !== 0) return null;
  const archive = readdirSync(folder).find((name) => name.startsWith("prometheus_") && name.endsWith(".deb"));
  if (!archive || run("dpkg", ["-x", archive, "."], folder).status !== 0) return null;
  return existsSync(tool) ? tool : null;
}

const tool = promtool();
const skip = tool ? false : "SKIPPED: promtool cannot be had here (Debian package prometheus)";

const models = [
  ["shop", () => design_example("shop")],
  ["saas", () => design_example("saas")],
  ["flawed", () => design_example("flawed")],
  ["hostile names", () => design(join(root, "tests", "cases", "emit", "hostile.yaml"))],
  ["hostile texts", () => design(join(here, "hostile.yaml"))],
];

for (const [name, make] of models) {
  test(`the alerts of ${name} fire and stay silent as they should`, { skip }, (t) => {
    const directory = make();
    try {
      const alerts = join(directory, "alerts");
      if (!existsSync(alerts)) {
        assert.doesNotMatch(readFileSync(join(directory, "files.html"), "utf8"), /alerts\//);
        return t.diagnostic("the model promises nothing");
      }
      const checked = run(tool, ["check", "rules", "slo.rules.yml"], alerts);
      assert.equal(checked.status, 0, checked.stdout + checked.stderr);
      for (const file of ["slo.pages.test.yml", "slo.tickets.test.yml"]) {
        assert.match(readFileSync(join(alerts, file), "utf8"), /exp_labels/, file);
        const ran = run(tool, ["test", "rules", file], alerts);
        assert.equal(ran.status, 0, ran.stdout + ran.stderr);
      }
    } finally {
      remove(directory);
    }
  });
}
