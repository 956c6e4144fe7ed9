// Ajv judges the capacity plans of the examples by the schema that is published for them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import { here } from "./design.mjs";

const root = join(here, "../..");
const binary = process.env.KINGPOST_BINARY ?? join(root, "build/release/kingpost");
const schema = JSON.parse(readFileSync(join(root, "docs/schemas/capacity.schema.json"), "utf8"));
const validate = new Ajv2020.default({ allErrors: true, strict: true }).compile(schema);

function plan(model, more) {
  const done = spawnSync(binary, ["capacity", join(root, model), "--format", "json", ...more], { encoding: "utf8", maxBuffer: 1 << 26 });
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout);
}

for (const model of ["examples/shop/shop.yaml", "examples/saas/saas.yaml", "examples/flawed/flawed.yaml", "tests/cases/capacity/tiny.yaml"]) {
  for (const more of [[], ["--database", "sqlite"], ["--factor", "1000"], ["--factor", "0.001", "--prices", join(root, "examples/prices.yaml")]]) {
    test(`the plan of ${model} ${more.slice(0, 2).join(" ")} is as its schema says`, () => {
      assert.ok(validate(plan(model, more)), JSON.stringify(validate.errors?.slice(0, 5), null, 1));
    });
  }
}

test("the schema refuses a plan without a basis", () => {
  const one = plan("tests/cases/capacity/tiny.yaml", []);
  delete one.plans[0].operations[0].peak_per_second.basis;
  assert.equal(validate(one), false);
});
