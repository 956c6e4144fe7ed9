// Mermaid's own parser reads the diagrams, Ajv compiles the JSON Schemas, SQLite runs its DDL, and two designs are equal to the byte; also for a
// model whose texts try to break out of every format.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { JSDOM } from "jsdom";
import { design, design_example, examples, files, here, remove } from "./design.mjs";

const made = [];
let mermaid;

before(async () => {
  // Mermaid cleans labels with DOMPurify, which wants a document.
  const { window } = new JSDOM("");
  globalThis.window = window;
  globalThis.document = window.document;
  mermaid = (await import("mermaid")).default;
});
after(() => made.forEach(remove));

const hostile = "hostile";

function designed(name) {
  const directory = name === hostile ? design(join(here, "hostile.yaml")) : design_example(name);
  made.push(directory);
  return directory;
}

for (const name of [...examples, hostile]) {
  test(`the design of ${name}`, async (t) => {
    const directory = designed(name);
    const all = files(directory);
    const read = (file) => readFileSync(join(directory, file), "utf8");

    await t.test("has diagrams that Mermaid reads", async () => {
      for (const [file, kind] of [["er.mmd", "er"], ["c4-container.mmd", "c4"]]) {
        const parsed = await mermaid.parse(read(file));
        assert.equal(parsed.diagramType, kind);
      }
    });

    await t.test("has pictures that are well-formed XML", () => {
      for (const file of ["er.svg", "c4-container.svg"]) {
        const { window } = new JSDOM(read(file), { contentType: "image/svg+xml" });
        assert.equal(window.document.documentElement.localName, "svg");
        assert.equal(window.document.querySelectorAll("script").length, 0);
      }
    });

    await t.test("has a site whose only script is its own, with no outside reference", () => {
      const { document } = new JSDOM(read("index.html")).window;
      assert.equal(document.querySelectorAll("script").length, 1);
      assert.equal(document.querySelectorAll("[onerror], [onload], [onclick], iframe, img, script[src], link[rel=stylesheet]").length, 0);
      const ids = new Set([...document.querySelectorAll("[id]")].map((element) => element.id));
      assert.equal(ids.size, document.querySelectorAll("[id]").length, "ids are unique");
      for (const link of document.querySelectorAll("a[href]")) {
        const href = link.getAttribute("href");
        if (href.startsWith("#")) assert.ok(ids.has(href.slice(1)), `${href} leads nowhere`);
        else assert.ok(all.includes(href), `${href} is no file of the design`);
      }
    });

    await t.test("has JSON Schemas that Ajv compiles", () => {
      const schemas = all.filter((file) => file.startsWith("schemas/"));
      assert.ok(schemas.length > 0);
      for (const file of schemas) {
        const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
        formats(ajv, { mode: "full" });
        assert.equal(typeof ajv.compile(JSON.parse(read(file))), "function", file);
      }
    });

    await t.test("has DDL that SQLite runs", (step) => {
      if (spawnSync("sqlite3", ["--version"]).error) return step.skip("SKIPPED: sqlite3 is not installed");
      const done = spawnSync("sqlite3", ["-bail", ":memory:"], { input: read("ddl/sqlite.sql"), encoding: "utf8" });
      assert.equal(done.stderr, "");
      assert.equal(done.status, 0);
    });

    await t.test("is the same twice", () => {
      const again = designed(name);
      assert.deepEqual(files(again), all);
      for (const file of all) assert.ok(readFileSync(join(again, file)).equals(readFileSync(join(directory, file))), file);
    });
  });
}
