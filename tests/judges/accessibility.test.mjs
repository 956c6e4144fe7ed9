// axe-core, in headless Chromium, over every page of the design: light and dark, wide and as narrow as a phone. Without Chromium: skipped.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { design_example, examples, files, here, remove } from "./design.mjs";

const chromium = ["chromium", "chromium-browser", "google-chrome"].find((name) => !spawnSync(name, ["--version"]).error);
const skip = chromium === undefined && "SKIPPED: Chromium is not installed";
const made = [];
after(() => made.forEach(remove));

// The page waits for its own script, then tells in its title what axe found, because a title is what a browser without a driver can hand out.
const ask = `
window.addEventListener("load", function () {
  axe.run(document, { resultTypes: ["violations"] }).then(function (result) {
    var told = result.violations.map(function (one) { return { id: one.id, impact: one.impact, nodes: one.nodes.slice(0, 3).map(function (at) {
      return at.html.slice(0, 160); }) }; });
    var wide = document.documentElement.scrollWidth > document.documentElement.clientWidth + 1;
    document.body.textContent = "AXE" + JSON.stringify({ told: told, wide: wide }) + "END";
  });
});`;

function look(directory, page, more) {
  const profile = mkdtempSync(join(tmpdir(), "kingpost-chromium-"));
  made.push(profile);
  const done = spawnSync(chromium, ["--headless=new", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`, "--virtual-time-budget=20000",
    ...more, "--dump-dom", `file://${join(directory, page)}`], { encoding: "utf8", maxBuffer: 1 << 28, timeout: 120000 });
  const found = /AXE(\{.*\})END/s.exec(done.stdout ?? "");
  assert.ok(found, `${page}: axe said nothing: ${String(done.stderr).slice(0, 300)}`);
  return JSON.parse(found[1].replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
}

for (const name of examples) {
  test(`axe-core finds nothing in the design of ${name}`, { skip }, () => {
    const original = design_example(name);
    made.push(original);
    const directory = mkdtempSync(join(tmpdir(), "kingpost-axe-"));
    made.push(directory);
    cpSync(original, directory, { recursive: true });
    cpSync(join(here, "node_modules/axe-core/axe.min.js"), join(directory, "axe.js"));
    writeFileSync(join(directory, "ask.js"), ask);
    const pages = files(directory).filter((file) => file.endsWith(".html"));
    assert.ok(pages.length > 5);
    for (const page of pages) {
      const path = join(directory, page);
      writeFileSync(path, readFileSync(path, "utf8").replace("</body>", '<script src="axe.js"></script><script src="ask.js"></script></body>'));
    }
    const looks = [["--window-size=1400,900"], ["--window-size=500,900", "--blink-settings=preferredColorScheme=0"]];
    // Every page once; the second look alternates, so that each is seen dark and narrow in one of two examples at least.
    pages.forEach((page, at) => {
      for (const more of at % 2 === examples.indexOf(name) % 2 ? looks : looks.slice(0, 1)) {
        const { told, wide } = look(directory, page, more);
        assert.deepEqual(told, [], `${page} ${more.join(" ")}`);
        assert.equal(wide, false, `${page} ${more.join(" ")}: wider than the window`);
      }
    });
  });
}
