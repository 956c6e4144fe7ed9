#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/yaml_value.hpp"

namespace kingpost::foreign {
namespace {

template <typename Range>
const typename Range::value_type* named(const Range& range, std::string_view name) {
  const auto found = std::find_if(range.begin(), range.end(), [&](const auto& each) { return each.name == name; });
  return found == range.end() ? nullptr : &*found;
}

TEST(Json, KnowsTheLineAndColumnOfEachValue) {
  Diagnostics diagnostics;
  const auto root = read_json("\xEF\xBB\xBF{\n  \"a\": [1, \"\\u00e9\\ud83d\\ude00\"],\n  \"b\": null}\n", 0, diagnostics);
  ASSERT_TRUE(diagnostics.all().empty());
  EXPECT_EQ(root["a"].items.at(1).text, "é😀");
  EXPECT_EQ(root["a"].line, 2U);
  EXPECT_EQ(root["a"].items.at(1).column, 12U);
  EXPECT_EQ(root.members.at(1).line, 3U);
  EXPECT_EQ(root["b"].kind, Value::Kind::kNull);
}

TEST(Json, SaysWhereItEndsToBeJson) {
  for (const char* text : {"{\"a\": }", "{\"a\" 1}", "[1, 2", "{\"a\": \"x", "{} {}", "nul", "[\"\\q\"]", "[1e]x", "{\"a\": \"line\nbreak\"}"}) {
    Diagnostics diagnostics;
    (void)read_json(text, 0, diagnostics);
    ASSERT_EQ(diagnostics.all().size(), 1U) << text;
    EXPECT_EQ(diagnostics.all().front().code, "foreign-parse");
    EXPECT_TRUE(diagnostics.all().front().span.known());
  }
}

TEST(Json, RefusesWhatIsNestedTooDeeply) {
  Diagnostics diagnostics;
  (void)read_json(std::string(100'000, '['), 0, diagnostics);
  EXPECT_EQ(diagnostics.all().size(), 1U);
}

TEST(Yaml, MergesKeysAndRepeatsAliases) {
  Diagnostics diagnostics;
  const auto documents = read_yaml("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nlist: [*b]\n---\nsecond: yes\n", 0, diagnostics);
  ASSERT_TRUE(diagnostics.all().empty());
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(documents[0]["use"].text_of("x"), "1");
  EXPECT_EQ(documents[0]["use"].text_of("y"), "3");
  EXPECT_EQ(documents[0]["list"].items.at(0).text_of("y"), "2");
  EXPECT_TRUE(documents[1]["second"].is_true());
}

TEST(Yaml, DoesNotLaughABillionTimes) {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int n = 1; n < 12; ++n) text += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", n, n - 1);
  Diagnostics diagnostics;
  EXPECT_TRUE(read_yaml(text, 0, diagnostics).empty());
  ASSERT_EQ(diagnostics.all().size(), 1U);
  EXPECT_NE(diagnostics.all().front().message.find("too many"), std::string::npos);
}

TEST(Yaml, KeepsWhatStandsBeforeAnError) {
  Diagnostics diagnostics;
  const auto documents = read_yaml("a: 1\nb:\n  c: 2\n d: [\n", 0, diagnostics);
  ASSERT_EQ(diagnostics.all().size(), 1U);
  ASSERT_FALSE(documents.empty());
  EXPECT_EQ(documents.front().text_of("a"), "1");
}

TEST(Yaml, EndsAtABracketThatNothingOpened) {
  Diagnostics diagnostics;
  (void)read_yaml(",2}{y: z}y\n", 0, diagnostics);
  ASSERT_EQ(diagnostics.all().size(), 1U);
  EXPECT_NE(diagnostics.all().front().message.find("nothing opened"), std::string::npos);
}

constexpr const char* kTree = R"(openapi: 3.1.0
info: {title: Trees, version: "2"}
servers: [{url: "https://trees.example/v2"}]
security: [{key: []}]
paths:
  /nodes:
    get:
      operationId: listNodes
      security: []
      parameters:
        - {$ref: "#/components/parameters/Limit"}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  items: {type: array, items: {$ref: "#/components/schemas/Node"}}
                  next_cursor: {type: [string, "null"]}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Node"}}}}
      responses: {"201": {$ref: "other.yaml#/components/responses/Made"}}
components:
  parameters:
    Limit: {name: limit, in: query, schema: {type: integer, maximum: 50}}
  schemas:
    Node:
      allOf:
        - {$ref: "#/components/schemas/Named"}
        - type: object
          required: [children]
          properties:
            children: {type: array, maxItems: 9, items: {$ref: "#/components/schemas/Node"}}
            place: {type: object, properties: {city: {type: string}}}
    Named: {type: object, properties: {name: {type: string, maxLength: 9}, kind: {enum: [a, b]}}}
    Loop: {$ref: "#/components/schemas/Loop"}
)";

TEST(OpenApi, FollowsReferencesAndEndsWhereTheyTurnInCircles) {
  Diagnostics diagnostics;
  const auto facts = read_openapi({"tree.yaml", kTree, 0}, diagnostics);
  EXPECT_EQ(facts.kind, ApiKind::kOpenApi);
  EXPECT_EQ(facts.references_elsewhere, 1U);
  ASSERT_EQ(facts.operations.size(), 2U);
  const auto& list = facts.operations[0];
  EXPECT_TRUE(list.explicitly_public);
  EXPECT_FALSE(list.secured);
  EXPECT_NE(named(list.parameters, "limit"), nullptr);
  EXPECT_TRUE(list.answers.at(0).list);
  EXPECT_TRUE(list.answers.at(0).paged);
  EXPECT_EQ(list.answers.at(0).item_type, "Node");
  const auto& made = facts.operations[1];
  EXPECT_TRUE(made.secured);
  EXPECT_TRUE(made.partly_elsewhere);
  EXPECT_EQ(made.body_type, "Node");
  ASSERT_NE(named(made.body, "children"), nullptr);
  EXPECT_TRUE(named(made.body, "children")->limited);
  EXPECT_TRUE(named(made.body, "children")->required);
  EXPECT_TRUE(named(made.body, "name")->bounded);
  EXPECT_TRUE(named(made.body, "kind")->closed_enum);
  EXPECT_FALSE(named(made.body, "place.city")->bounded);
  const auto* node = named(facts.types, "Node");
  ASSERT_NE(node, nullptr);
  EXPECT_TRUE(node->used_in_request && node->used_in_read);
  EXPECT_EQ(node->span.line, 29U);
}

TEST(OpenApi, ReadsFourMegabytesOfJsonWithinTwoSeconds) {
  std::string text = R"({"openapi": "3.0.3", "info": {"title": "big", "version": "1"}, "paths": {)";
  for (int n = 0; n < 4'000; ++n) {
    text += fmt::format(R"({}"/things{}/{{id}}": {{"get": {{"operationId": "get{}", "parameters": [{{"name": "id", "in": "path", "required": true,
      "schema": {{"type": "string"}}}}], "responses": {{"200": {{"description": "{}", "content": {{"application/json": {{"schema":
      {{"$ref": "#/components/schemas/T{}"}}}}}}}}}}}}}})",
                        n == 0 ? "" : ",", n, n, std::string(300, 'x'), n);
  }
  text += R"(}, "components": {"schemas": {)";
  for (int n = 0; n < 4'000; ++n) {
    text += fmt::format(R"({}"T{}": {{"type": "object", "description": "{}", "properties": {{"next": {{"$ref": "#/components/schemas/T{}"}}}}}})",
                        n == 0 ? "" : ",", n, std::string(200, 'y'), (n + 1) % 4'000);
  }
  text += "}}}";
  ASSERT_GT(text.size(), 3'500'000U);
  Diagnostics diagnostics;
  const auto begin = std::chrono::steady_clock::now();
  const auto facts = read_openapi({"big.json", std::move(text), 0}, diagnostics);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  EXPECT_EQ(facts.operations.size(), 4'000U);
  EXPECT_TRUE(diagnostics.all().empty());
}

TEST(Swagger, ReadsBodiesFormsAndSchemes) {
  Diagnostics diagnostics;
  const auto facts = read_openapi({"s.json", R"({"swagger": "2.0", "host": "h.example", "basePath": "/v1", "schemes": ["https"],
    "securityDefinitions": {"key": {"type": "apiKey", "in": "query", "name": "k"}},
    "definitions": {"Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}},
    "paths": {"/pets": {"post": {"parameters": [{"in": "body", "name": "pet", "schema": {"$ref": "#/definitions/Pet"}}],
      "responses": {"default": {}}},
      "get": {"parameters": [{"in": "formData", "name": "f", "type": "string"}],
        "responses": {"200": {"schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}}}}}}})",
                                   0},
                                  diagnostics);
  EXPECT_EQ(facts.kind, ApiKind::kSwagger);
  EXPECT_EQ(facts.servers.at(0).url, "https://h.example/v1");
  EXPECT_EQ(facts.security.at(0).place, "query");
  EXPECT_EQ(facts.operations.at(0).body.at(0).name, "name");
  EXPECT_EQ(facts.operations.at(0).answers.at(0).status, "default");
  EXPECT_TRUE(facts.operations.at(1).answers.at(0).list);
  EXPECT_EQ(facts.operations.at(1).body.at(0).place, "form");
}

TEST(Graphql, ReadsTheTypeSystemAndGoesOnAfterAnError) {
  Diagnostics diagnostics;
  const auto facts = read_graphql({"s.graphql", R"("A schema." schema @link(url: "x", import: ["@key"]) { query: Root mutation: Change }
directive @key(fields: String!) repeatable on OBJECT | INTERFACE
"""A """ type Root { users(first: Int = 10, filter: Filter): [User!]! me: User @deprecated(reason: "no \" use") }
type Change { rename(input: Rename!): User }
interface Node { id: ID! }
type User implements Node & Named @key(fields: "id") { id: ID! friends: [User] role: Role }
type Broken { name String }
extend type User { age: Int }
union Any = | User | Root
enum Role { ADMIN GUEST @deprecated }
input Rename { id: ID! name: String = "x" }
input Filter { ids: [ID!] }
query Used { me { id } }
)",
                                   0},
                                  diagnostics);
  ASSERT_EQ(diagnostics.all().size(), 1U);
  EXPECT_EQ(diagnostics.all().front().span.line, 7U);
  EXPECT_EQ(facts.operations.size(), 3U);
  EXPECT_EQ(facts.operations[0].method, "QUERY");
  EXPECT_EQ(facts.operations[0].parameters.size(), 2U);
  EXPECT_TRUE(facts.operations[1].deprecated);
  EXPECT_EQ(facts.operations[2].body.at(1).name, "name");
  const auto* user = named(facts.types, "User");
  ASSERT_NE(user, nullptr);
  EXPECT_EQ(user->members.size(), 4U);
  EXPECT_TRUE(user->used_in_read);
  EXPECT_EQ(named(facts.types, "Any")->values.size(), 2U);
  EXPECT_EQ(named(facts.types, "Role")->values.size(), 2U);
}

TEST(Proto, ReadsMessagesAndServicesBesideAnError) {
  Diagnostics diagnostics;
  const auto facts = read_proto({"s.proto", R"(syntax = "proto3";
package shop.orders.v1;
import "missing/thing.proto";
service Orders { rpc List(ListRequest) returns (stream ListResponse); rpc Send(missing.Thing) returns (ListResponse); }
message ListRequest { int32 page_size = 1; oneof by { string name = 2; int64 id = 3; } reserved 5 to 7, 9; }
message ListResponse { repeated Order orders = 1; map<string, Order> index = 2; message Order { double price = 1; } }
message Broken { string = 3; }
enum State { OPEN = 0; }
)",
                                 0},
                                diagnostics);
  ASSERT_FALSE(diagnostics.all().empty());
  EXPECT_EQ(diagnostics.all().front().span.line, 7U);
  EXPECT_EQ(facts.version, "v1");
  ASSERT_EQ(facts.operations.size(), 2U);
  EXPECT_TRUE(facts.operations[0].server_streaming);
  EXPECT_TRUE(facts.operations[0].answers.at(0).list);
  EXPECT_TRUE(facts.operations[1].partly_elsewhere);
  const auto* request = named(facts.types, "ListRequest");
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->span.line, 5U);
  EXPECT_EQ(request->reserved.size(), 2U);
  EXPECT_EQ(request->reserved.at(0), (std::pair<int, int>{5, 7}));
  const auto* response = named(facts.types, "ListResponse");
  ASSERT_NE(response, nullptr);
  EXPECT_EQ(response->members.at(1).type, "map");
  EXPECT_NE(named(facts.types, "ListResponse.Order"), nullptr);
}

}  // namespace
}  // namespace kingpost::foreign
