// What the judges of the design share: the examples, designed once by the binary under test.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
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
