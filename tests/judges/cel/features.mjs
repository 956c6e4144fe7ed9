// Which published cases are outside the language, by the feature they use and never by their outcome. The first rule that holds names the reason.

const mentions = (test, pattern) => pattern.test(test.expr);
const names = (test) => [...(test.typeEnv ?? []).map((one) => one.name), ...Object.keys(test.bindings ?? {})];
const text = (test) => JSON.stringify([test.typeEnv ?? [], test.bindings ?? {}, test.value ?? {}, test.typedResult ?? {}]);
const suite = (name) => (test) => test.suite.split("/")[0] === name;

// A text without what stands in quotes, so that quoted braces are not taken for messages.
const bare = (expr) => expr.replace(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/gs, "''");

const isTime = (message) => /^type.googleapis.com\/google.protobuf.(Timestamp|Duration)$/.test(message["@type"]);
const results = (test) => [test.value, test.typedResult?.result].filter((one) => one?.objectValue).map((one) => one.objectValue);

export const features = [
  ["extension bindings", suite("bindings_ext")],
  ["extension block", suite("block_ext")],
  ["extension encoders", suite("encoders_ext")],
  ["extension math", suite("math_ext")],
  ["extension protobuf", suite("proto2_ext")],
  ["extension strings", suite("string_ext")],
  ["extension two-variable macros", suite("macros2")],
  ["optional values", (test) => suite("optionals")(test) || mentions(test, /\boptional\./)],
  ["protobuf messages", (test) => /messageType|"objectValue"/.test(text({ ...test, value: undefined, typedResult: undefined }))
    || results(test).some((one) => !isTime(one)) || /\b(msg|TestAllTypes|NestedTestAllTypes)\b/.test(test.expr)
    || /(?!in\b)\b[A-Za-z_][A-Za-z0-9_]*\s*\{/.test(bare(test.expr))],
  ["protobuf enums", (test) => suite("enums")(test) || /enumValue/.test(text(test))],
  ["protobuf type names", (test) => mentions(test, /google\.protobuf\./)],
  ["containers and qualified names", (test) => Boolean(test.container) || names(test).some((name) => name.includes("."))],
  ["functions of the host", (test) => (test.typeEnv ?? []).some((one) => one.function)],
  ["nanoseconds", (test) => mentions(test, /\.\d{7,9}Z|\dns\b/)],
  ["time zones by name", (test) => mentions(test, /get[A-Za-z]+\('[A-Za-z]+\/[A-Za-z_]+'\)/)],
];

export function reasonToSkip(test) {
  return features.find(([, holds]) => holds(test))?.[0];
}
