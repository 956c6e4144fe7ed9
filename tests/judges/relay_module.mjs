// A module of operations for Relay's compiler, derived from a schema: every connection paginated, the node refetched, every mutation and
// subscription once with all the plain fields of what it answers.
import { getNamedType, isEnumType, isListType, isNonNullType, isObjectType, isScalarType } from "graphql";

const is_leaf = (type) => isScalarType(getNamedType(type)) || isEnumType(getNamedType(type));
const needs_arguments = (field) => field.args.some((one) => isNonNullType(one.type) && one.defaultValue === undefined);

/// Plain fields of a type, and one level of objects that can be asked for without arguments.
function selection(type, depth = 1) {
  const parts = [];
  for (const field of Object.values(getNamedType(type).getFields())) {
    if (needs_arguments(field)) continue;
    if (is_leaf(field.type)) parts.push(field.name);
    else if (depth > 0 && isObjectType(getNamedType(field.type))) parts.push(`${field.name} { ${selection(field.type, depth - 1)} }`);
  }
  return parts.length > 0 ? parts.join(" ") : "__typename";
}

function call(field, skip = []) {
  const used = field.args.filter((one) => !skip.includes(one.name));
  return {
    declared: used.map((one) => `$${one.name}: ${one.type}`),
    passed: used.map((one) => `${one.name}: $${one.name}`),
  };
}

const in_brackets = (parts) => (parts.length > 0 ? `(${parts.join(", ")})` : "");

function operation(kind, name, field) {
  const { declared, passed } = call(field);
  const body = is_leaf(field.type) ? "" : ` { ${selection(field.type)} }`;
  return `${kind} ${name}${in_brackets(declared)} { ${field.name}${in_brackets(passed)}${body} }`;
}

function connection(name, field) {
  const edge = getNamedType(field.type).getFields().edges;
  const node = getNamedType(edge.type).getFields().node;
  const paging = ["first", "after", "last", "before"];
  const { declared, passed } = call(field, paging);
  const arguments_ = ["first: $count", "after: $cursor", ...passed].join(", ");
  const variables = ["$count: Int!", "$cursor: String", ...declared].join(", ");
  const inner = `edges { cursor node { ${selection(node.type, 1)} } } pageInfo { hasNextPage endCursor }`;
  return `query ${name}(${variables}) { ${field.name}(${arguments_}) @connection(key: "App__${field.name}") { ${inner} } }`;
}

export function relay_module(schema) {
  const texts = [];
  let number = 0;
  const name = (suffix) => `App${(number += 1)}${suffix}`;
  for (const field of Object.values(schema.getQueryType().getFields())) {
    const type = getNamedType(field.type);
    if (field.name !== "node" && isObjectType(type) && type.getFields().pageInfo && !isListType(field.type)) texts.push(connection(name("Query"), field));
    else if (field.name !== "node") texts.push(operation("query", name("Query"), field));
  }
  if (schema.getQueryType().getFields().node) {
    const types = schema.getPossibleTypes(schema.getType("Node"));
    const spreads = types.map((type) => `... on ${type.name} { ${selection(type, 0)} }`);
    // Fields of one name differ in type between nodes, so each has an operation of its own.
    for (const spread of spreads) texts.push(`query ${name("Query")}($id: ID!) { node(id: $id) { __typename id ${spread} } }`);
  }
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) texts.push(operation("mutation", name("Mutation"), field));
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) texts.push(operation("subscription", name("Subscription"), field));
  return texts.map((text, at) => `export const operation_${at} = graphql\`\n${text}\n\`;\n`).join("\n");
}
