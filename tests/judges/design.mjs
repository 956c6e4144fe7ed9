// What the judges of the design share: the examples, designed once by the binary under test.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, "..", "..");
export const examples = ["shop", "saas"];

/// Designs `model` into a new directory; the caller removes it.
export function design(model) {
  const binary = process.env.KINGPOST_BINARY;
  if (!binary) throw new Error("KINGPOST_BINARY names the binary to be judged");
  const directory = mkdtempSync(join(tmpdir(), "kingpost-judge-"));
  execFileSync(binary, ["design", model, "-o", directory], { stdio: ["ignore", "ignore", "ignore"] });
  return directory;
}

export function design_example(name) {
  return design(join(root, "examples", name, `${name}.yaml`));
}

export function remove(directory) {
  rmSync(directory, { recursive: true, force: true });
}

/// Every file below `directory`, relative and sorted.
export function files(directory, below = directory) {
  const out = [];
  for (const name of readdirSync(below).sort()) {
    const path = join(below, name);
    if (statSync(path).isDirectory()) out.push(...files(directory, path));
    else out.push(relative(directory, path));
  }
  return out;
}

const chinook = join(root, "..", "shared", "data", "chinook", "Chinook_Sqlite.sqlite");
const pagila = join(root, "..", "shared", "data", "pagila", "pagila.sql");
const when_there = (file) => (existsSync(file) ? false : `SKIPPED: ${file} is not there`);

/// Designs a database's draft: an import has no access rules and so shows nothing to anybody; open, it shows everything. `draft(copy, model)`: how.
function design_open_import(database, draft) {
  const directory = mkdtempSync(join(tmpdir(), "kingpost-judge-"));
  try {
    const copy = join(directory, basename(database));
    const model = join(directory, "imported.yaml");
    copyFileSync(database, copy);
    // A review ends with 1 where it found something; whether there is a draft is what counts.
    spawnSync(process.env.KINGPOST_BINARY, draft(copy, model), { stdio: "ignore" });
    const text = readFileSync(model, "utf8");
    if (/^ {4}access:/m.test(text)) throw new Error("the import has rules of its own");
    const open = text.replace(/^ {4}fields:$/gm, "    access:\n      all: true\n    fields:");
    // What no import can know.
    writeFileSync(model, open.replace(/^ {6}password:$/gm, "      password:\n        sensitive: secret"));
    return design(model);
  } finally {
    remove(directory);
  }
}

/// What every specification is judged over: the examples, an import, and models whose names and texts try to break out. `events`: it has some.
export const subjects = [
  { name: "shop", design: () => design_example("shop"), events: true },
  { name: "saas", design: () => design_example("saas"), events: true },
  {
    name: "Chinook", events: false, skip: when_there(chinook),
    design: () => design_open_import(chinook, (file, model) => ["import", `sqlite:${file}`, "-o", model]),
  },
  {
    name: "Pagila", events: false, skip: when_there(pagila),
    design: () => design_open_import(pagila, (file, model) => ["review", file, "--as-model", model]),
  },
  { name: "hostile names", design: () => design(join(root, "tests", "cases", "emit", "hostile.yaml")), events: true },
  { name: "hostile texts", design: () => design(join(here, "hostile.yaml")), events: true },
];
