// Mermaid's own parser reads every diagram, html-validate every page, Ajv compiles the JSON Schemas, SQLite runs its DDL, and two designs are equal
// to the byte; also for imports, services that run apart, 140 entities, and models whose texts and names try to break out of every format.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { HtmlValidate } from "html-validate";
import { JSDOM } from "jsdom";
import { design, files, remove, root, subjects } from "./design.mjs";

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

/// A model made of a text, in a folder of its own.
function design_text(text) {
  const directory = mkdtempSync(join(tmpdir(), "kingpost-judge-"));
  made.push(directory);
  const model = join(directory, "model.yaml");
  writeFileSync(model, text);
  return design(model);
}

const shop = join(root, "examples", "shop", "shop.yaml");
const large = () => execFileSync(process.execPath, [join(root, "bench", "large_model.mjs"), "model", "140"], { encoding: "utf8", maxBuffer: 1 << 26 });
const all_subjects = [
  ...subjects,
  { name: "services that run apart", design: () => design_text(readFileSync(shop, "utf8").replace(/^topology: monolith/m, "topology: services")) },
  { name: "140 entities", design: () => design_text(large()) },
];

function designed(subject) {
  const directory = subject.design();
  made.push(directory);
  return directory;
}

/// What Mermaid must take a file for, by its path.
function kind_of(file) {
  if (file.startsWith("diagrams/c4-")) return "c4";
  if (file === "diagrams/er.mmd" || file.startsWith("diagrams/er/")) return "er";
  if (file.startsWith("diagrams/states/")) return "stateDiagram";
  if (/^diagrams\/(command|saga|auth)\//.test(file)) return "sequence";
  return "flowchart-v2";
}

// The rules are those of the standard; taste in spelling is the house's own.
const html = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    "no-inline-style": "off", "void-style": "off", "long-title": "off", "no-trailing-whitespace": "off", "prefer-native-element": "off",
    // A summary of a saga or a search form carries what it must; the search has its label.
    "no-redundant-role": "off", "wcag/h32": "off",
  },
});

test("the search of the site is used by keyboard alone", () => {
  const directory = designed(subjects[0]);
  const read = (file) => readFileSync(join(directory, file), "utf8");
  const { window } = new JSDOM(read("diagrams.html"), { runScripts: "outside-only", url: "http://localhost/diagrams.html" });
  const { document } = window;
  window.eval(read("search.js").replace(/^var /, "window."));
  window.eval(read("site.js"));
  const press = (element, key) => {
    const event = new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    element.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const input = document.getElementById("search");
  assert.ok(press(document.body, "/"));
  assert.equal(document.activeElement, input);
  input.value = "order item";
  input.dispatchEvent(new window.Event("input"));
  const results = [...document.querySelectorAll("#results a")];
  assert.ok(results.some((link) => link.getAttribute("href") === "entities.html#entity-order_item"));
  assert.match(document.getElementById("found").textContent, /^\d+ found$/);
  press(input, "ArrowDown");
  assert.equal(document.activeElement, results[0]);
  press(results[0], "ArrowDown");
  assert.equal(document.activeElement, results[1]);
  press(results[1], "ArrowUp");
  press(results[0], "Escape");
  assert.equal(document.activeElement, input);
  assert.equal(document.querySelectorAll("#results a").length, 0);
  // A figure is zoomed, filled and closed again without a mouse.
  const figure = document.querySelector("figure.zoom");
  const svg = figure.querySelector("svg");
  const width = Number(svg.getAttribute("width"));
  press(figure.querySelector(".canvas"), "+");
  assert.ok(Number(svg.getAttribute("width")) > width);
  figure.querySelector('[data-zoom="full"]').click();
  assert.ok(figure.classList.contains("full"));
  press(document.body, "Escape");
  assert.ok(!figure.classList.contains("full"));
});

for (const subject of all_subjects) {
  test(`the design of ${subject.name}`, { skip: subject.skip ?? false }, async (t) => {
    const directory = designed(subject);
    const all = files(directory);
    const read = (file) => readFileSync(join(directory, file), "utf8");
    const pages = all.filter((file) => file.endsWith(".html"));

    await t.test("has diagrams that Mermaid reads", async () => {
      const diagrams = all.filter((file) => file.endsWith(".mmd"));
      assert.ok(diagrams.length >= 6);
      for (const file of diagrams) {
        const parsed = await mermaid.parse(read(file)).catch((error) => assert.fail(`${file}: ${error.message}`));
        assert.equal(parsed.diagramType, kind_of(file), file);
      }
    });

    await t.test("has a picture beside each diagram, well-formed and without scripts", () => {
      for (const file of all.filter((one) => one.endsWith(".mmd"))) {
        const { window } = new JSDOM(read(file.replace(/mmd$/, "svg")), { contentType: "image/svg+xml" });
        assert.equal(window.document.documentElement.localName, "svg", file);
        assert.equal(window.document.querySelectorAll("script, foreignObject, image, [onload], [onclick]").length, 0, file);
        assert.doesNotMatch(window.document.documentElement.outerHTML, /NaN|undefined/, file);
      }
    });

    await t.test("has pages whose scripts are its own, with no outside reference, and links that lead somewhere", () => {
      const ids = new Map();
      const documents = new Map(pages.map((page) => [page, new JSDOM(read(page)).window.document]));
      for (const [page, document] of documents) {
        const own = [...document.querySelectorAll("[id]")].map((element) => element.id);
        assert.equal(new Set(own).size, own.length, `${page}: ids are unique`);
        ids.set(page, new Set(own));
      }
      for (const [page, document] of documents) {
        assert.deepEqual([...document.querySelectorAll("script")].map((one) => one.getAttribute("src")), ["search.js", "site.js"], page);
        assert.equal(document.querySelectorAll("[onerror], [onload], [onclick], iframe, img, object, embed, base").length, 0, page);
        for (const link of document.querySelectorAll("a[href], link[href]")) {
          const href = link.getAttribute("href");
          if (href === "data:,") continue;
          const [path, anchor] = href.split("#");
          assert.ok(path === "" || all.includes(path), `${page}: ${href} is no file of the design`);
          if (anchor !== undefined) assert.ok(ids.get(path || page)?.has(anchor), `${page}: ${href} leads nowhere`);
        }
      }
      const search = new Function(`${read("search.js")}; return kingpost_search;`)();
      assert.ok(search.length > 30);
      for (let at = 2; at < search.length; at += 3) {
        const [path, anchor] = search[at].split("#");
        assert.ok(ids.get(path)?.has(anchor), `search: ${search[at]} leads nowhere`);
      }
      for (const file of ["site.css", "site.js"]) assert.doesNotMatch(read(file), /https?:|@import|url\((?!#)/, file);
    });

    await t.test("has pages that html-validate accepts", async () => {
      for (const page of pages) {
        const report = await html.validateString(read(page), page);
        const told = report.results.flatMap((one) => one.messages.map((at) => `${page}:${at.line}:${at.column} ${at.ruleId} ${at.message}`));
        assert.deepEqual(told.slice(0, 5), []);
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
      const again = designed(subject);
      assert.deepEqual(files(again), all);
      for (const file of all) assert.ok(readFileSync(join(again, file)).equals(readFileSync(join(directory, file))), file);
    });
  });
}
