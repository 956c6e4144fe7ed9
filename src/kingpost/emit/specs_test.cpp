#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/emit/asyncapi.hpp"
#include "kingpost/emit/dbml.hpp"
#include "kingpost/emit/event_catalogue.hpp"
#include "kingpost/emit/event_flows.hpp"
#include "kingpost/emit/graphql_sdl.hpp"
#include "kingpost/emit/openapi.hpp"
#include "kingpost/emit/proto.hpp"
#include "kingpost/emit/schemas.hpp"
#include "kingpost/emit/structurizr.hpp"

namespace kingpost::emit {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "file", path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

ir::SystemPtr model(const std::string& path) {
  SourceMap sources;
  Diagnostics diagnostics;
  ir::SystemPtr system = compile::compile_file(std::string(KINGPOST_SOURCE_DIR) + path, read_file, Limits{}, sources, diagnostics);
  EXPECT_NE(system, nullptr) << path << (diagnostics.all().empty() ? "" : ": " + diagnostics.all().front().message);
  return system;
}

ir::SystemPtr shop() { return model("/examples/shop/shop.yaml"); }
ir::SystemPtr hostile_model() { return model("/tests/cases/emit/hostile.yaml"); }

surface::Api whole_of(const ir::System& system) { return surface::describe(system, system.current_contract(), {}); }

surface::Api customer_of(const ir::System& system) {
  return surface::describe(system, system.current_contract(), {.whole = false, .anonymous = false, .roles = {"customer"}});
}

/// Texts that end strings, comments and blocks of the formats printed here.
constexpr const char* kTexts[] = {
    "a \" b ' c ` d",
    "\"\"\" } type Evil { x: Int } \"\"\"",
    "*/ // -- --> <!-- ]]> <script>alert(1)</script>",
    "line\nmessage Evil {}\r\n# heading\r",
    "${HOME} $ref {{x}} %s \\",
    "\\\" \\n \\u0000 ''' \\'",
    "\xE2\x80\xAE right to left \xE2\x80\xA8 new line \xF0\x9F\x98\x80",
    "| a | b |\n- [x](javascript:alert(1)) ![i](u) **b** `c`",
    "\x01\x07\x1B[31m\x7F",
    "",
};

/// Names that an import or a later language might give.
constexpr const char* kNames[] = {
    "type",  "Query", "message",          "reserved",         "null", "true", "__typename", "2 for 1", "a\"b",
    "a'b`c", "a\nb",  "\xC3\xA4\xC3\xB6", "\xF0\x9F\x98\x80", "a b",  "a_b",  "aB",         "AB",
};

ir::System hostile(std::size_t at) {
  ir::System system = *shop();
  const std::string text = kTexts[at % std::size(kTexts)];
  std::size_t next = at;
  const auto name = [&next] { return std::string(kNames[next++ % std::size(kNames)]); };
  system.name = text.empty() ? name() : text;
  system.summary = text;
  for (ir::Entity& entity : system.entities) {
    entity.summary = text;
    for (ir::Field& field : entity.fields) field.summary = text;
  }
  for (ir::Role& role : system.roles) role.name += text;
  for (ir::Service& service : system.services) service.name += text;
  for (ir::Command& command : system.commands) {
    command.name += text;
    command.summary = text;
    for (ir::Member& member : command.input) member.name = name();
    for (ir::Step& step : command.steps) {
      if (step.otherwise) step.otherwise = ir::ElseError{text, text};
    }
  }
  for (ir::Event& event : system.events) {
    event.name += text;
    for (ir::Member& member : event.data) member.name = name();
    event.key = event.data.empty() ? text : event.data.front().name;
  }
  for (ir::Saga& saga : system.sagas) {
    saga.name += text;
    for (ir::Step& step : saga.steps) step.id = text;
  }
  for (ir::EnumType& one : system.enums) {
    for (std::string& value : one.values) value = name();
  }
  for (ir::Contract& contract : system.contracts) {
    for (ir::ViewEntity& entity : contract.entities) {
      entity.name += name();
      for (ir::ViewField& field : entity.fields) field.name += name();
    }
  }
  return system;
}

/// Every line of `text` begins with one of `starts` after its indentation.
void expect_lines(const std::string& text, const std::vector<std::string>& starts) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string bare = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    const bool known =
        bare.empty() || std::any_of(starts.begin(), starts.end(), [&bare](const std::string& start) { return bare.starts_with(start); });
    EXPECT_TRUE(known) << line;
  }
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

TEST(Specs, a_customer_learns_of_no_field_that_only_staff_may_see) {
  const ir::SystemPtr system = shop();
  const surface::Api whole = whole_of(*system);
  const ProtoNumbers numbers = assign_proto_numbers(whole, "shop.v2", {});
  EXPECT_THAT(print_graphql(whole), HasSubstr("  cost: Decimal\n"));
  EXPECT_THAT(print_graphql(customer_of(*system)), Not(HasSubstr("cost")));
  EXPECT_THAT(print_proto(whole, "shop.v2", numbers), HasSubstr("optional string cost = 8;"));
  EXPECT_THAT(print_proto(customer_of(*system), "shop.v2", numbers), Not(HasSubstr("cost")));
  EXPECT_TRUE(customer_of(*system).events.empty());
}

TEST(Specs, the_served_document_lists_no_command_and_the_designed_one_says_that_they_do_not_run) {
  const surface::Api api = whole_of(*shop());
  EXPECT_THAT(print_openapi(api, OpenApiScope::kServed), Not(HasSubstr("/rpc/")));
  EXPECT_THAT(print_openapi(api, OpenApiScope::kServed), Not(HasSubstr("designed")));
  const std::string designed = print_openapi(api, OpenApiScope::kDesigned);
  EXPECT_THAT(designed, HasSubstr("\"/rpc/place_order\""));
  EXPECT_EQ(count(designed, "\"x-kingpost-status\": \"designed\""), api.commands.size());
  EXPECT_THAT(designed, HasSubstr("#/components/parameters/IdempotencyKeyRequired"));
  EXPECT_THAT(designed, HasSubstr("400 `cart_empty`: The cart is empty."));
}

TEST(Specs, a_secret_is_no_parameter_of_a_url) {
  ir::System system = *shop();
  for (ir::Entity& entity : system.entities) {
    for (ir::Field& field : entity.fields) {
      if (field.name == "sku") field.sensitivity = ir::Sensitivity::kSecret;
    }
  }
  EXPECT_THAT(print_openapi(whole_of(*shop()), OpenApiScope::kServed), HasSubstr("#/components/parameters/Product.sku"));
  EXPECT_THAT(print_openapi(whole_of(system), OpenApiScope::kServed), Not(HasSubstr("#/components/parameters/Product.sku")));
}

TEST(Specs, tags_and_links_in_a_text_are_no_markup_of_a_description) {
  EXPECT_EQ(prose("a < b, <script>x</script> [y](z) <3"), "a < b, &lt;script>x&lt;/script> [y\\](z) <3");
}

TEST(Specs, a_contract_that_is_not_current_must_be_asked_for) {
  const ir::SystemPtr system = shop();
  const std::string old = print_openapi(surface::describe(*system, *system->find_contract("v1"), {}), OpenApiScope::kServed);
  EXPECT_THAT(old,
              HasSubstr("\"name\": \"Accept-Profile\",\n        \"in\": \"header\",\n        \"description\": \"The contract; without it the current "
                        "one.\",\n        \"required\": true"));
}

TEST(Proto, numbers_stay_when_fields_change_places) {
  ir::System system = *shop();
  const ProtoNumbers first = assign_proto_numbers(system, {});
  EXPECT_EQ(assign_proto_numbers(system, first), first);
  for (ir::Contract& contract : system.contracts) {
    for (ir::ViewEntity& entity : contract.entities) std::reverse(entity.fields.begin(), entity.fields.end());
  }
  EXPECT_EQ(assign_proto_numbers(system, first), first);
  EXPECT_NE(assign_proto_numbers(system, {}), first);
}

TEST(Proto, the_number_of_a_field_that_left_is_never_given_again) {
  ir::System system = *shop();
  ProtoNumbers numbers = assign_proto_numbers(system, {});
  const std::int32_t price = numbers.at("shop.v2.Product").at("price");
  for (ir::ViewEntity& entity : system.contracts.front().entities) {
    for (ir::ViewField& field : entity.fields) {
      if (field.name == "price") field.name = "net_price";
    }
  }
  numbers = assign_proto_numbers(system, std::move(numbers));
  EXPECT_EQ(numbers.at("shop.v2.Product").at("price"), price);
  EXPECT_EQ(numbers.at("shop.v2.Product").at("net_price"), 12);
  const std::string text = print_proto(whole_of(system), "shop.v2", numbers);
  EXPECT_THAT(text, HasSubstr(fmt::format("  reserved {};\n", price)));
  EXPECT_THAT(text, Not(HasSubstr(" price = ")));
}

TEST(Proto, numbers_leave_out_what_protobuf_keeps_for_itself) {
  ProtoNumbers numbers;
  numbers["shop.v2.Product"]["gone"] = 18'999;
  numbers = assign_proto_numbers(whole_of(*shop()), "shop.v2", numbers);
  EXPECT_EQ(numbers.at("shop.v2.Product").at("id"), 20'000);
}

TEST(Proto, each_contract_has_a_package_that_ends_in_a_version) {
  ir::System system = *shop();
  EXPECT_EQ(proto_packages(system), (std::vector<std::string>{"shop.v2", "shop.v1"}));
  system.contracts[0].name = "partners";
  system.contracts[1].name = "Partners";
  EXPECT_EQ(proto_packages(system), (std::vector<std::string>{"shop.partners.v1", "shop.partners2.v1"}));
}

TEST(Events, a_flow_knows_who_sends_and_who_receives) {
  const ir::SystemPtr system = shop();
  const std::vector<EventFlow> flows = event_flows(*system);
  ASSERT_EQ(flows.size(), 1U);
  ASSERT_EQ(flows[0].senders.size(), 1U);
  EXPECT_EQ(flows[0].senders[0].name, "place_order");
  EXPECT_EQ(flows[0].senders[0].service, "ordering");
  ASSERT_EQ(flows[0].receivers.size(), 1U);
  EXPECT_EQ(flows[0].receivers[0].name, "fulfilment");
  EXPECT_EQ(event_type(*system, *flows[0].event), "shop.order_placed.v1");
}

TEST(Events, the_catalogue_says_what_happens_after_an_order) {
  const ir::SystemPtr system = shop();
  const std::string text = print_event_catalogue(*system, whole_of(*system));
  EXPECT_THAT(text, HasSubstr("| order_placed | 1 | order | place_order | fulfilment |"));
  EXPECT_THAT(text, HasSubstr("tries again 5 times with exponential backoff, undone by payments.refund"));
}

TEST(Events, a_model_without_events_is_told_that_it_needs_no_broker) {
  ir::System system = *shop();
  system.events.clear();
  system.sagas.clear();
  for (ir::Command& command : system.commands) command.steps.clear();
  EXPECT_THAT(print_event_catalogue(system, whole_of(system)), HasSubstr("no outbox, broker or consumer to run"));
}

TEST(Specs, hostile_texts_and_names_stay_inside_their_quotes_and_comments) {
  for (std::size_t at = 0; at < std::size(kTexts) * 2; ++at) {
    SCOPED_TRACE(at);
    const ir::System system = hostile(at);
    const surface::Api api = whole_of(system);
    const std::string package = proto_packages(system).front();
    const std::string proto = print_proto(api, package, assign_proto_numbers(api, package, {}));
    EXPECT_EQ(count(proto, "\nmessage Evil"), 0U);
    EXPECT_EQ(proto.find('\r'), std::string::npos);
    const std::string sdl = print_graphql(api);
    EXPECT_EQ(count(sdl, "\ntype Evil"), 0U);
    EXPECT_EQ(sdl.find("\"\"\""), std::string::npos);
    const std::string workspace = print_structurizr(system);
    EXPECT_EQ(workspace.find("${"), std::string::npos);
    expect_lines(workspace, {"workspace \"",
                             "!identifiers",
                             "model {",
                             "views {",
                             "person_",
                             "external_",
                             "own_system =",
                             "container_",
                             "database_",
                             "service_",
                             "entity_",
                             "command_",
                             "systemContext",
                             "container own_system",
                             "component container_",
                             "include *",
                             "autoLayout",
                             "styles",
                             "element",
                             "shape",
                             "background",
                             "}"});
    const std::string events = print_event_catalogue(system, api);
    EXPECT_EQ(events.find('<'), std::string::npos);
    EXPECT_EQ(events.find("](j"), std::string::npos);
    for (const surface::ApiEvent& event : api.events) EXPECT_THAT(print_event_schema(api, event), HasSubstr("$defs"));
    EXPECT_THAT(print_asyncapi(system, api, ""), HasSubstr("\"asyncapi\": \"3.0.0\""));
  }
}

TEST(Specs, the_hostile_model_compiles_and_prints_the_same_twice) {
  const ir::SystemPtr system = hostile_model();
  ASSERT_NE(system, nullptr);
  const surface::Api api = whole_of(*system);
  EXPECT_EQ(print_graphql(api), print_graphql(whole_of(*hostile_model())));
  EXPECT_EQ(print_asyncapi(*system, api, ""), print_asyncapi(*hostile_model(), api, ""));
}

TEST(Dbml, a_service_shows_its_own_tables_and_names_what_it_refers_to) {
  const ir::SystemPtr system = shop();
  const auto schema = dialect::build_schema(*system, dialect::Database::kPostgres);
  ASSERT_TRUE(schema);
  const std::string text = print_dbml(*system, *schema, "inventory");
  EXPECT_THAT(text, HasSubstr("Table \"stock_level\" {"));
  EXPECT_THAT(text, Not(HasSubstr("Table \"product\"")));
  EXPECT_THAT(text, HasSubstr("// \"stock_level\" refers to \"product\" of another service."));
  const std::string whole = print_dbml(*system, *schema, "");
  EXPECT_THAT(whole, HasSubstr("Ref \"order_item_order_id_fkey\": \"order_item\".(\"order_id\") > \"order\".(\"id\") [delete: cascade]"));
}

TEST(Names, are_unique_where_they_would_meet) {
  surface::NameTable loose(surface::NameTable::Fold::kLoose);
  EXPECT_EQ(loose.claim("a_b"), "a_b");
  EXPECT_EQ(loose.claim("ab"), "ab_2");
  surface::NameTable family;
  EXPECT_EQ(family.claim("ProductNode"), "ProductNode");
  EXPECT_EQ(family.claim("Product", {"Node"}), "Product2");
  EXPECT_EQ(surface::word_case("AlbumId"), "album_id");
  EXPECT_EQ(surface::word_case("HTTPCode"), "http_code");
  EXPECT_EQ(surface::word_case("2fa__x_"), "n2fa_x");
  EXPECT_EQ(surface::word_case("\xC3\xA4"), "unnamed");
  EXPECT_EQ(surface::graphql_case("__typename"), "_typename");
}

}  // namespace
}  // namespace kingpost::emit
