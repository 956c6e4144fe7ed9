// Other people's parsers judge the specifications of the design: graphql-js and Relay's compiler, buf, the AsyncAPI parser, DBML's, a reader of
// Structurizr's language, Ajv; for the examples, an imported database and a model whose texts and names try to break out of every format.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, test } from "node:test";
import * as asyncapi from "@asyncapi/parser";
import * as dbml from "@dbml/core";
import Ajv2020 from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { buildSchema, validateSchema } from "graphql";
import { design_example, files, here, remove, subjects } from "./design.mjs";
import { relay_module } from "./relay_module.mjs";
import { read_workspace } from "./structurizr.mjs";

const made = [];
after(() => made.forEach(remove));

function run(tool, args, cwd) {
  const done = spawnSync(join(here, "node_modules", ".bin", tool), args, { cwd, encoding: "utf8", maxBuffer: 1 << 26 });
  if (done.error) throw done.error;
  return done;
}

function compile_with_relay(sdl) {
  const project = mkdtempSync(join(tmpdir(), "kingpost-relay-"));
  made.push(project);
  mkdirSync(join(project, "src"));
  const schema = buildSchema(sdl);
  writeFileSync(join(project, "schema.graphql"), sdl);
  const text = relay_module(schema);
  writeFileSync(join(project, "src", "App.js"), text);
  const config = { src: "./src", schema: "./schema.graphql", language: "javascript", artifactDirectory: "./generated" };
  mkdirSync(join(project, "generated"));
  writeFileSync(join(project, "relay.config.json"), JSON.stringify(config));
  const done = run("relay-compiler", ["relay.config.json"], project);
  return { ...done, operations: text.split("graphql`").length - 1, generated: files(join(project, "generated")) };
}

for (const subject of subjects) {
  test(`the specifications of ${subject.name}`, { skip: subject.skip ?? false }, async (t) => {
    const directory = subject.design();
    made.push(directory);
    const all = files(directory);
    const read = (file) => readFileSync(join(directory, file), "utf8");
    const below = (folder) => all.filter((file) => file.startsWith(folder));

    await t.test("GraphQL: graphql-js finds no fault", () => {
      assert.ok(below("graphql/").length >= 2, "the whole and anonymous");
      assert.match(below("graphql/").map(read).join(""), / implements Node /, "something can be read");
      for (const file of below("graphql/")) assert.deepEqual(validateSchema(buildSchema(read(file))).map((one) => `${file}: ${one.message}`), []);
    });

    await t.test("GraphQL: Relay compiles operations over all of it", () => {
      const whole = below("graphql/").filter((file) => basename(file).split(".").length === 2);
      assert.ok(whole.length > 0);
      for (const file of whole) {
        const done = compile_with_relay(read(file));
        assert.equal(done.status, 0, `${file}: ${done.stdout}${done.stderr}`);
        assert.equal(done.generated.length, done.operations, "every operation was compiled");
      }
    });

    await t.test("protobuf: buf lints and builds it", () => {
      const modules = below("proto/").filter((file) => file.endsWith("buf.yaml")).map((file) => dirname(join(directory, file)));
      assert.ok(modules.length >= 2);
      for (const module of modules) {
        for (const command of ["lint", "build"]) {
          const done = run("buf", [command], module);
          assert.equal(done.stdout + done.stderr, "", module);
          assert.equal(done.status, 0);
        }
      }
    });

    await t.test("AsyncAPI: its parser finds no fault", async () => {
      const documents = below("asyncapi/");
      assert.equal(documents.length > 0, subject.events);
      for (const file of documents) {
        const { document, diagnostics } = await new asyncapi.Parser().parse(read(file));
        // 3.0 is what was asked for; a later version exists.
        const faults = diagnostics.filter((one) => one.code !== "asyncapi-latest-version").map((one) => `${file}: ${one.code} ${one.message}`);
        assert.deepEqual(faults, []);
        assert.ok(document.channels().all().length > 0);
      }
    });

    await t.test("DBML: its parser reads every table back", () => {
      const whole = new dbml.Parser().parse(read("dbml/tables.dbml"), "dbmlv2");
      const tables = whole.schemas.flatMap((schema) => schema.tables);
      assert.equal(tables.length, read("ddl/postgres.sql").match(/^CREATE TABLE /gm).length);
      for (const file of below("dbml/services/")) assert.ok(new dbml.Parser().parse(read(file), "dbmlv2").schemas.length > 0, file);
    });

    await t.test("Structurizr: the workspace reads back, each name once", () => {
      const workspace = read_workspace(read("structurizr/workspace.dsl"));
      assert.ok(workspace.elements.some((one) => one.kind === "softwareSystem"));
      assert.ok(workspace.elements.some((one) => one.kind === "container"));
      assert.ok(workspace.relations.length > 0);
      assert.deepEqual(workspace.views.map((one) => one.kind).slice(0, 2), ["systemContext", "container"]);
    });

    await t.test("JSON Schemas of events and commands: Ajv compiles them", () => {
      for (const file of [...below("event-schemas/"), ...below("command-schemas/")]) {
        const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
        formats(ajv, { mode: "full" });
        assert.equal(typeof ajv.compile(JSON.parse(read(file))), "function", file);
      }
      assert.equal(below("event-schemas/").length > 0, subject.events);
    });
  });
}

test("an event's envelope takes a CloudEvent and refuses one without its data", async () => {
  const directory = design_example("shop");
  made.push(directory);
  const document = JSON.parse(readFileSync(join(directory, "asyncapi/events.json"), "utf8"));
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats(ajv, { mode: "full" });
  // Its `id` is no keyword of JSON Schema.
  ajv.addSchema({ components: document.components }, "asyncapi");
  const valid = ajv.compile({ $ref: "asyncapi#/components/schemas/order_placed_v1_envelope" });
  const id = "018f0f7e-7b1a-7c3d-8e4f-5a6b7c8d9e0f";
  const data = { order: id, customer: id, total: 12.5, lines: [{ product: id, quantity: 2 }] };
  const event = {
    specversion: "1.0", type: "shop.order_placed.v1", id, source: "/ordering", time: "2026-11-21T05:00:00Z",
    datacontenttype: "application/json", partitionkey: id, data,
  };
  assert.ok(valid(event), JSON.stringify(valid.errors));
  assert.equal(valid({ ...event, data: undefined }), false);
  assert.equal(valid({ ...event, type: "shop.order_placed.v2" }), false);
  assert.equal(valid({ ...event, data: { ...data, lines: [{ product: id, quantity: 0 }] } }), false);
});

test("the reader of Structurizr's language refuses what the tool would", () => {
  const model = (inside) => `workspace "a" "b" {\n  model {\n${inside}\n  }\n}\n`;
  assert.equal(read_workspace(model('p = person "x" "y"')).elements.length, 1);
  for (const wrong of [
    'p = person "x" "y', 'p = person "x" "a \\ b"', 'p = person "x" "${HOME}"', 'p = person "x"\np = person "y"', 'p = person "x"\nq = person "x"',
    'p = person "x"\np -> q "uses"', 'p = container "x"', 'person "x" {', 'evil', '}',
  ]) assert.throws(() => read_workspace(model(wrong)), assert.AssertionError, wrong);
});
