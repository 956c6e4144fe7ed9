#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/emit/c4.hpp"
#include "kingpost/emit/er_groups.hpp"
#include "kingpost/emit/flow.hpp"
#include "kingpost/emit/sequence.hpp"
#include "kingpost/emit/site_scan.hpp"
#include "kingpost/emit/svg.hpp"

namespace kingpost::emit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "file", path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

ir::SystemPtr example(const std::string& name) {
  SourceMap sources;
  Diagnostics diagnostics;
  const std::string path = std::string(KINGPOST_SOURCE_DIR) + "/examples/" + name + "/" + name + ".yaml";
  return compile::compile_file(path, read_file, Limits{}, sources, diagnostics);
}

std::vector<std::string> texts_of(const Sequence& sequence, SequenceItemKind kind) {
  std::vector<std::string> out;
  for (const SequenceItem& item : sequence.items) {
    if (item.kind == kind) out.push_back(item.text);
  }
  return out;
}

bool balanced(const Sequence& sequence) {
  std::size_t open = 0;
  for (const SequenceItem& item : sequence.items) {
    if (item.kind == SequenceItemKind::kBegin) ++open;
    if (item.kind == SequenceItemKind::kEnd && open-- == 0) return false;
    if (item.kind == SequenceItemKind::kElse && open == 0) return false;
    if (item.from >= sequence.parties.size() || item.to >= sequence.parties.size()) return false;
  }
  return open == 0;
}

const ir::Command& command(const ir::System& system, std::string_view name) {
  return *std::find_if(system.commands.begin(), system.commands.end(), [name](const ir::Command& one) { return one.name == name; });
}

TEST(CommandSequence, TellsTheTransactionInTheOrderOfTheSteps) {
  const ir::SystemPtr shop = example("shop");
  const Sequence sequence = make_command_sequence(*shop, command(*shop, "place_order"));
  ASSERT_TRUE(balanced(sequence));
  const std::vector<std::string> calls = texts_of(sequence, SequenceItemKind::kCall);
  const auto at = [&calls](std::string_view start) {
    return std::find_if(calls.begin(), calls.end(), [start](const std::string& one) { return one.starts_with(start); }) - calls.begin();
  };
  EXPECT_LT(at("begin"), at("claim the Idempotency-Key"));
  EXPECT_LT(at("allow: "), at("lock input.cart"));
  EXPECT_LT(at("require size"), at("insert order "));
  EXPECT_LT(at("outbox: order_placed"), at("commit"));
  EXPECT_LT(at("commit"), static_cast<std::ptrdiff_t>(calls.size()));
  EXPECT_THAT(texts_of(sequence, SequenceItemKind::kAsync), testing::Contains(HasSubstr("starts on order_placed")));
}

TEST(CommandSequence, OfTheEngineHasNoRequest) {
  const ir::SystemPtr shop = example("shop");
  for (const std::string& text : texts_of(make_command_sequence(*shop, command(*shop, "reserve_stock")), SequenceItemKind::kCall)) {
    EXPECT_THAT(text, Not(HasSubstr("POST")));
  }
}

TEST(SagaSequence, UndoesInReverseWhatStandsBeforeThePointOfNoReturn) {
  const ir::SystemPtr shop = example("shop");
  const Sequence sequence = make_saga_sequence(*shop, shop->sagas.front());
  ASSERT_TRUE(balanced(sequence));
  std::vector<std::string> undone;
  for (const SequenceItem& item : sequence.items) {
    if (item.undo) undone.push_back(item.text);
  }
  EXPECT_THAT(undone, ElementsAre("undo: payments.refund", "undo: release_stock", "when it failed: move order by cancel"));
}

TEST(AuthSequences, SayWhatThisVersionDoesNotRun) {
  for (const AuthSequence& auth : make_auth_sequences(*example("saas"))) {
    EXPECT_TRUE(balanced(auth.sequence)) << auth.name;
    EXPECT_THAT(auth.about, auth.name == "request" ? HasSubstr("Runs") : HasSubstr("not yet run")) << auth.name;
  }
}

TEST(Flow, OfDataKeepsCallersStoresAndThirdPartiesApart) {
  const Flow flow = make_data_flow(*example("shop"));
  std::vector<std::size_t> groups;
  for (const FlowNode& node : flow.nodes) {
    EXPECT_LT(node.group, flow.groups.size()) << node.name;
    if (node.shape == FlowShape::kStore) {
      EXPECT_THAT(node.text, HasSubstr("order.card_hint"));
    }
    groups.push_back(node.group);
  }
  for (std::size_t group = 0; group < flow.groups.size(); ++group) EXPECT_THAT(groups, testing::Contains(group));
}

TEST(Flow, OfEventsLeadsFromCommandsToSagas) {
  const std::string text = print_flow_mermaid(make_event_flow(*example("shop")));
  EXPECT_THAT(text, HasSubstr("order_placed"));
  EXPECT_THAT(text, HasSubstr("|\"undoes reserve\"|"));
}

TEST(Flow, OfStatesNamesWhoMoves) {
  const ir::SystemPtr shop = example("shop");
  const std::string text = print_state_mermaid(make_states(*shop, shop->entity(shop->find_entity("order"))));
  EXPECT_THAT(text, HasSubstr("[*] --> s1\n"));
  EXPECT_THAT(text, HasSubstr("deliver (by command deliver_order)"));
  EXPECT_THAT(text, HasSubstr("cancel (by saga fulfilment, when it fails)"));
}

TEST(Components, AreThoseThatTheModelAsksFor) {
  const ir::SystemPtr shop = example("shop");
  const auto names = [&shop](std::uint32_t service) {
    std::vector<std::string> out;
    for (const C4Node& node : make_c4_components(*shop, ir::ServiceId{service}).nodes) out.push_back(node.name);
    return out;
  };
  EXPECT_THAT(names(0), Not(testing::Contains("Outbox")));
  EXPECT_THAT(names(2), testing::IsSupersetOf({"Outbox", "fulfilment", "expire_carts", "Audit trail", "Encryption"}));
  EXPECT_THAT(names(3), testing::UnorderedElementsAre("payments client", "payments", "ordering"));
}

TEST(Containers, OfServicesThatRunApartStandBehindOneGateway) {
  ir::System system = *example("shop");
  system.topology = ir::Topology::kServices;
  const C4Model model = make_c4(system);
  std::vector<std::string> arrows;
  for (const C4Link& link : model.links) arrows.push_back(model.nodes[link.from].name + " " + link.label + " " + model.nodes[link.to].name);
  EXPECT_THAT(arrows,
              testing::IsSupersetOf({"customer uses Gateway", "Gateway routes ordering", "ordering runs reserve_stock, release_stock inventory",
                                     "ordering runs payments.charge, payments.refund payment", "payment calls payments"}));
  EXPECT_THAT(arrows, Not(testing::Contains("customer uses ordering")));
  EXPECT_THAT(arrows, Not(testing::Contains(HasSubstr("payment database"))));
}

/// `count` entities in knots of `size`, where each refers to all before it; the knots hang together by one reference each.
ErModel knots(std::size_t count, std::size_t size) {
  ErModel model;
  for (std::size_t at = 0; at < count; ++at) {
    model.entities.push_back({"e" + std::to_string(at), {}});
    const std::size_t first = at / size * size;
    for (std::size_t before = first; before < at; ++before) model.lines.push_back({before, at, "before", false, false});
    if (at == first && at > 0) model.lines.push_back({at - size, at, "other", true, false});
  }
  return model;
}

TEST(EntityGroups, AreFoundFromTheReferencesAndHoldEachEntityOnce) {
  const ErModel model = knots(60, 10);
  const std::vector<ErGroup> groups = group_entities(ir::System{}, model);
  ASSERT_EQ(groups.size(), 6U);
  std::vector<std::size_t> members;
  for (const ErGroup& group : groups) {
    for (const std::size_t member : group.members) EXPECT_EQ(member / 10, group.members.front() / 10);
    members.insert(members.end(), group.members.begin(), group.members.end());
  }
  std::sort(members.begin(), members.end());
  EXPECT_EQ(std::adjacent_find(members.begin(), members.end()), members.end());
  EXPECT_EQ(members.size(), 60U);
}

TEST(EntityGroups, TellOnlyTheNameOfWhatBelongsElsewhere) {
  const ErModel model = knots(60, 10);
  const std::vector<ErGroup> groups = group_entities(ir::System{}, model);
  std::size_t elsewhere = 0;
  for (std::size_t at = 0; at < groups.size(); ++at) {
    const ErModel part = part_of(model, groups, at);
    EXPECT_EQ(part.entities.size() - static_cast<std::size_t>(std::count_if(part.entities.begin(), part.entities.end(),
                                                                            [](const ErEntity& one) { return one.elsewhere; })),
              10U);
    for (const ErEntity& one : part.entities) elsewhere += one.elsewhere ? 1U : 0U;
    for (const ErLine& line : part.lines) EXPECT_FALSE(part.entities[line.holder].elsewhere);
  }
  EXPECT_EQ(elsewhere, 5U);
}

TEST(EntityGroups, OfFewEntitiesAreNone) { EXPECT_TRUE(group_entities(ir::System{}, knots(20, 10)).empty()); }

TEST(Svg, BreaksLinesAtWordsAndThenWhereAWordAllows) {
  EXPECT_THAT(wrapped("one two three", 8, 4), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("a_rather_long_name", 10, 4), ElementsAre("a_rather_", "long_name"));
  EXPECT_THAT(wrapped("äöüäöüäöü", 4, 2), ElementsAre("äöüä", "öüä…"));
  EXPECT_THAT(wrapped("", 4, 2), ElementsAre());
}

TEST(Mermaid, TextHoldsNothingThatItsGrammarsRead) {
  const std::string text = mermaid_text("\"a\" --> b; %%{init} #35; <br/> `x` [y] \\ \n end");
  EXPECT_EQ(text.find_first_of("\"`<>[]{}%#;\\\n"), std::string::npos) << text;
  EXPECT_EQ(mermaid_text(""), "-");
}

TEST(Site, LinksLeadToThePageThatHoldsTheId) {
  std::string out;
  constexpr std::string_view kLinks = "<a href=\"#one\">1</a><a href=\"#two\">2</a><a href=\"#three\">3</a>";
  resolve_links(out, kLinks, "own.html", {{"one", "own.html"}, {"two", "other.html"}});
  EXPECT_EQ(out, "<a href=\"#one\">1</a><a href=\"other.html#two\">2</a><a href=\"#three\">3</a>");
}

TEST(Site, TheSearchIndexHoldsNamesAsTheyAre) {
  const std::vector<Found> found = scan_findable("<tr id=\"x\" data-kind=\"field\" data-name=\"a &lt;&amp;&quot;&#39;\"><td data-kind=\"no\">");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(print_search_index({{"p.html", &found.front()}}), HasSubstr("\"a <&\\\"'\""));
}

}  // namespace
}  // namespace kingpost::emit
