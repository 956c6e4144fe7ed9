#include "kingpost/protocol/rest/render.hpp"

#include <gtest/gtest.h>

namespace kingpost::protocol::rest {
namespace {

using plan::MemberKind;
using plan::MemberLayout;
using plan::NodeLayout;

MemberLayout value(std::string name, std::uint32_t column, ir::Scalar scalar) {
  MemberLayout member;
  member.prefix = "\"" + name + "\":";
  member.name = std::move(name);
  member.column = column;
  member.type.scalar = scalar;
  return member;
}

MemberLayout embed(std::string name, MemberKind kind, NodeLayout node) {
  MemberLayout member;
  member.prefix = "\"" + name + "\":";
  member.name = std::move(name);
  member.kind = kind;
  member.node = std::make_unique<NodeLayout>(std::move(node));
  return member;
}

TEST(Render, children_go_to_their_parents_and_an_empty_group_is_an_empty_array) {
  plan::RowSets rows(2);
  rows[0].reset(2);
  for (const std::int64_t id : {3, 1, 2}) {
    rows[0].push_int(id);
    rows[0].push_text("n\"" + std::to_string(id));
  }
  rows[1].reset(2);
  for (const auto& [parent, child] : std::vector<std::pair<int, int>>{{1, 10}, {1, 11}, {3, 30}}) {
    rows[1].push_int(parent);
    rows[1].push_int(child);
  }
  NodeLayout items;
  items.step = 1;
  items.parent_columns = {0};
  items.key_columns = {0};
  items.members.push_back(value("id", 1, ir::Scalar::kInt64));
  NodeLayout root;
  root.members.push_back(value("id", 0, ir::Scalar::kInt64));
  root.members.push_back(value("name", 1, ir::Scalar::kText));
  root.members.push_back(embed("items", MemberKind::kMany, std::move(items)));
  std::string out;
  JsonRenderer(rows, dialect::Database::kSqlite).append_array(out, root);
  EXPECT_EQ(out,
            R"([{"id":3,"name":"n\"3","items":[{"id":30}]},{"id":1,"name":"n\"1","items":[{"id":10},{"id":11}]},{"id":2,"name":"n\"2","items":[]}])");
}

TEST(Render, a_joined_to_one_is_an_object_or_null_and_spreads_lift_columns) {
  plan::RowSets rows(1);
  rows[0].reset(3);
  rows[0].push_int(1);
  rows[0].push_int(7);
  rows[0].push_text("x");
  rows[0].push_int(2);
  rows[0].push_null();
  rows[0].push_null();
  const auto category = [] {
    NodeLayout node;
    node.joined = true;
    node.present_column = 1;
    node.members.push_back(value("name", 2, ir::Scalar::kText));
    return node;
  };
  NodeLayout root;
  root.members.push_back(value("id", 0, ir::Scalar::kInt64));
  root.members.push_back(embed("category", MemberKind::kOne, category()));
  root.members.push_back(embed("spread", MemberKind::kSpread, category()));
  std::string out;
  JsonRenderer(rows, dialect::Database::kSqlite).append_array(out, root);
  EXPECT_EQ(out, R"([{"id":1,"category":{"name":"x"},"name":"x"},{"id":2,"category":null,"name":null}])");
}

}  // namespace
}  // namespace kingpost::protocol::rest
