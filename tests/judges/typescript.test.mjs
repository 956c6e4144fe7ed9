// The TypeScript compiler judges the emitted types, alone and as the type argument of an unmodified postgrest-js.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { design, design_example, examples, files, here, remove, root } from "./design.mjs";

const made = [];
after(() => made.forEach(remove));

function compile(paths, options = []) {
  const strict = ["--noEmit", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext", "--pretty", "false"];
  const done = spawnSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), ...strict, ...options, ...paths], { cwd: here, encoding: "utf8" });
  return done.stdout;
}

const models = [...examples.map((name) => join(root, "examples", name, `${name}.yaml`)), join(here, "hostile.yaml")];
for (const model of models) {
  test(`the types of ${model.slice(root.length + 1)} compile under strict`, () => {
    const directory = design(model);
    made.push(directory);
    const types = files(directory).filter((file) => file.startsWith("typescript/")).map((file) => join(directory, file));
    assert.ok(types.length > 0);
    for (const file of types) assert.equal(compile([file]), "");
  });
}

test("postgrest-js knows rows, refuses wrong names and wrong values", () => {
  const directory = design_example("shop");
  made.push(directory);
  // Below this folder, so that the client's own types are found.
  const folder = mkdtempSync(join(here, ".types-"));
  made.push(folder);
  writeFileSync(join(folder, "types.ts"), spawnSync("cat", [join(directory, "typescript/v2.ts")], { encoding: "utf8" }).stdout);
  writeFileSync(join(folder, "use.ts"), `
import { PostgrestClient } from "@supabase/postgrest-js";
import type { Database, OrderRow, PlaceOrderInput } from "./types.js";

const client = new PostgrestClient<Database>("http://127.0.0.1:1");
export async function use(): Promise<string> {
  const { data } = await client.from("product").select("sku, price, category(name)").gt("price", 3).limit(5);
  const first = data?.[0];
  const price: number | undefined = first?.price;
  const category: string | undefined = first?.category.name;
  // @ts-expect-error no such table
  client.from("products");
  // @ts-expect-error no such column
  const colour = first?.colour;
  // @ts-expect-error a sku is text
  await client.from("product").update({ sku: 7 }).eq("id", "a");
  // @ts-expect-error the price is missing
  await client.from("product").insert({ sku: "a", name: "b", category_id: "c" });
  await client.from("product").insert({ sku: "a", name: "b", category_id: "c", price: 3 });
  const input: PlaceOrderInput = { cart: "a" };
  // @ts-expect-error the status is one of a few
  const status: OrderRow["status"] = "lost";
  await client.rpc("place_order", input);
  return String(price) + category + colour + status;
}
`);
  assert.equal(compile([join(folder, "use.ts")], ["--skipLibCheck"]), "");
});
