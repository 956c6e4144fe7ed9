// Writes the published simple tests as JSON lines to the file given: suite, the test as protobuf JSON, and `skip` with the feature that is outside
// the language, if there is one.
import { writeFileSync } from "node:fs";
import { toJson } from "@bufbuild/protobuf";
import { SimpleTestSchema } from "@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js";
import { getTestRegistry } from "@bufbuild/cel-spec/testdata/registry.js";
import { getConformanceSuite } from "@bufbuild/cel-spec/testdata/tests.js";
import { reasonToSkip } from "./features.mjs";

const registry = getTestRegistry();
const lines = [];

// As text, because a whole double beyond 64 bits would be read as an integer that fits nowhere.
const doublesAsText = (key, value) => (key === "doubleValue" ? String(value) : value);

function walk(suite, path) {
  for (const one of suite.tests) {
    const test = { suite: path.join("/"), ...toJson(SimpleTestSchema, one.original, { registry }) };
    const skip = reasonToSkip(test);
    lines.push(JSON.stringify(skip ? { suite: test.suite, name: test.name, expr: test.expr, skip } : test, doublesAsText));
  }
  for (const child of suite.suites) walk(child, [...path, child.name]);
}

const target = process.argv[2];
if (!target) {
  console.error("usage: node export.mjs FILE");
  process.exit(2);
}
walk(getConformanceSuite(), []);
writeFileSync(target, lines.join("\n") + "\n");
