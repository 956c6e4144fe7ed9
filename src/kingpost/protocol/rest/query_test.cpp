#include "kingpost/protocol/rest/query.hpp"

#include <gtest/gtest.h>

namespace kingpost::protocol::rest {
namespace {

using request::FilterKind;
using request::FilterOp;
using request::Request;
using request::SelectKind;

Result<Request> parse(std::string_view query) {
  Request request;
  auto params = split_query(query);
  if (!params) return fail(std::move(params.error()));
  if (auto parsed = parse_query(*params, Limits{}, request); !parsed) return fail(std::move(parsed.error()));
  return request;
}

std::string code_of(std::string_view query) {
  auto parsed = parse(query);
  return parsed ? "" : parsed.error().code;
}

TEST(Query, a_filter_keeps_its_value_out_of_the_shape) {
  const auto request = *parse("id=eq.5&name=not.ilike.*box*");
  ASSERT_EQ(request.root.where->children.size(), 2U);
  const auto& first = request.root.where->children[0];
  EXPECT_EQ(first.op, FilterOp::kEqual);
  EXPECT_EQ(request.values[first.value.index].text, "5");
  EXPECT_TRUE(request.root.where->children[1].negated);
  EXPECT_EQ(request::shape_of(*parse("id=eq.5")), request::shape_of(*parse("id=eq.6")));
  EXPECT_NE(request::shape_of(*parse("id=eq.5")), request::shape_of(*parse("id=gt.5")));
}

TEST(Query, select_reads_aliases_casts_paths_and_embeds) {
  const auto request = *parse("select=id,title:name,price::text,a:attributes->x->>y,items:order_item!order_id!inner(id,...product(sku)),cart()");
  ASSERT_EQ(request.root.select.size(), 6U);
  EXPECT_EQ(request.root.select[1].alias, "title");
  EXPECT_EQ(request.root.select[2].cast, "text");
  EXPECT_EQ(request.root.select[3].path.steps.size(), 2U);
  EXPECT_TRUE(request.root.select[3].path.as_text);
  const auto& items = *request.root.select[4].embed;
  EXPECT_EQ(items.name, "order_item");
  EXPECT_EQ(items.hint, "order_id");
  EXPECT_TRUE(items.inner);
  EXPECT_TRUE(items.select[1].embed->spread);
  EXPECT_TRUE(request.root.select[5].embed->empty);
}

TEST(Query, logic_trees_nest_and_keep_lists_whole) {
  const auto request = *parse("or=(a.lt.1,not.and(b.gte.2,c.in.(1,\"x,y\",3)),d.cs.{x,y},e.is.null)");
  const auto& tree = request.root.where->children[0];
  EXPECT_EQ(tree.kind, FilterKind::kOr);
  ASSERT_EQ(tree.children.size(), 4U);
  EXPECT_TRUE(tree.children[1].negated);
  const auto& in = tree.children[1].children[1];
  ASSERT_EQ(request.lists[in.value.index].size(), 3U);
  EXPECT_EQ(request.lists[in.value.index][1].text, "x,y");
  EXPECT_EQ(request.values[tree.children[2].value.index].text, "{x,y}");
}

TEST(Query, an_empty_in_list_is_legal) { EXPECT_TRUE(parse("id=in.()")->lists[0].empty()); }

TEST(Query, a_dotted_key_acts_on_the_embed_by_name_or_alias) {
  const auto request = *parse("select=id,lines:items(id)&items.quantity=gt.1&lines.order=id.desc&items.limit=2&items.or=(id.eq.1,id.eq.2)");
  const auto& embed = *request.root.select[1].embed;
  EXPECT_EQ(embed.where->children.size(), 2U);
  EXPECT_TRUE(embed.order[0].descending);
  EXPECT_EQ(embed.limit, 2U);
  EXPECT_FALSE(request.root.where.has_value());
}

TEST(Query, is_null_on_an_embed_is_an_anti_join) {
  const auto request = *parse("select=id,items(id)&items=is.null");
  EXPECT_EQ(request.root.where->children[0].kind, FilterKind::kEmbedNull);
}

TEST(Query, order_reads_directions_nulls_paths_and_relations) {
  const auto request = *parse("order=a.desc.nullslast,b->>c,category(name).asc");
  ASSERT_EQ(request.root.order.size(), 3U);
  EXPECT_EQ(request.root.order[0].nulls, request::NullsOrder::kLast);
  EXPECT_EQ(request.root.order[2].relation, "category");
}

TEST(Query, quantifiers_take_array_literals) {
  const auto request = *parse("name=like(any).{a*,b*}");
  EXPECT_EQ(request.root.where->children[0].quantifier, request::Quantifier::kAny);
  EXPECT_EQ(request.lists[0].size(), 2U);
}

TEST(Query, malformed_queries_are_refused_with_their_code) {
  EXPECT_EQ(code_of("id=5"), "PGRST100");
  EXPECT_EQ(code_of("id=foo.5"), "PGRST100");
  EXPECT_EQ(code_of("select=a,,b"), "PGRST100");
  EXPECT_EQ(code_of("select=a(b"), "PGRST100");
  EXPECT_EQ(code_of("or=(a.eq.1"), "PGRST100");
  EXPECT_EQ(code_of("id=in.1,2"), "PGRST100");
  EXPECT_EQ(code_of("limit=-1"), "PGRST100");
  EXPECT_EQ(code_of("a.b=eq.1"), "PGRST108");
  EXPECT_EQ(code_of("select=price.sum()"), "PGRST123");
  EXPECT_EQ(code_of("id=sl.(1,2)"), "PGRST127");
  EXPECT_EQ(code_of("id=eq.%zz"), "PGRST100");
  EXPECT_EQ(code_of("id=eq.%00"), "22021");
  EXPECT_EQ(code_of("cursor=!!"), "kp-cursor");
}

TEST(Query, nesting_and_counts_are_bounded) {
  std::string deep = "or=";
  for (int i = 0; i < 40; ++i) deep += "(or";
  EXPECT_FALSE(parse(deep + "(a.eq.1" + std::string(41, ')')).has_value());
  std::string nested = "or=(";
  for (int i = 0; i < 40; ++i) nested += "and(";
  nested += "a.eq.1" + std::string(41, ')');
  EXPECT_EQ(code_of(nested), "kp-limit-filter-depth");
  std::string embeds = "select=";
  for (int i = 0; i < 10; ++i) embeds += "a(";
  EXPECT_EQ(code_of(embeds + "id" + std::string(10, ')')), "kp-limit-embed-depth");
}

}  // namespace
}  // namespace kingpost::protocol::rest
