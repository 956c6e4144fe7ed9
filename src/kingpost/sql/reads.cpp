#include <algorithm>
#include <limits>
#include <utility>

#include "kingpost/base/text.hpp"
#include "kingpost/sql/statement.hpp"

namespace kingpost::sql {
namespace {

using plan::Level;
using plan::MemberKind;
using plan::MemberLayout;
using plan::NodeLayout;

/// A to-many embed whose step comes after its parent's.
struct Pending {
  const Level* level = nullptr;
  NodeLayout* node = nullptr;
};

/// A level on its way into a statement.
struct LevelText {
  std::string alias;
  std::string joins;
  std::vector<std::string> embeds;  ///< aliases of joined embeds
};

class ReadRenderer {
 public:
  ReadRenderer(const plan::Plan& plan, const ir::System& system, Program& program) : plan_(plan), system_(system), program_(program) {}

  Result<void> root(const WrittenKeys* keys);
  Result<void> count();

 private:
  Result<std::string> counted_rows(Statement& statement);
  Result<void> count_rows(bool bounded);
  Result<void> ask_planner();
  Result<void> rows(Statement& statement, const Level& level, LevelText& text, NodeLayout& node);
  Result<void> embed(Statement& statement, const Level& parent, std::size_t index, LevelText& text, NodeLayout& node);
  Result<void> join(Statement& statement, const Level& child, const LevelText& parent, LevelText& text);
  Result<void> column_member(Statement& statement, const Level& level, const plan::Output& output, const LevelText& text, NodeLayout& node);
  Result<std::string> order_text(Statement& statement, const Level& level, const LevelText& text, std::string prefix);
  Result<void> hidden_columns(Statement& statement, const Level& level, const LevelText& text);
  Result<void> pending();
  Result<void> many(const Pending& pending);
  Result<std::string> many_from(Statement& statement, const Level& level, const LevelText& text, const std::string& key_alias);
  Result<std::string> many_where(Statement& statement, const Level& level, const LevelText& text, const Pending& pending);
  [[nodiscard]] bool to_one(const Level& level) const { return system_.relation(level.relation).kind == ir::RelationKind::kToOne; }
  std::string page_text(Statement& statement, const Level& level) const;

  const plan::Plan& plan_;
  const ir::System& system_;
  Program& program_;
  std::vector<Pending> pending_;
  std::string key_alias_;
  bool one_root_ = false;  ///< the root's step yields one row at most
};

std::int64_t clamp(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min(value, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

void set_name(MemberLayout& member, const std::string& name) {
  member.name = name;
  append_json_string(member.prefix, name);
  member.prefix += ':';
}

Result<void> ReadRenderer::column_member(Statement& statement, const Level& level, const plan::Output& output, const LevelText& text,
                                         NodeLayout& node) {
  auto value = column_text(statement, level.entity, output.column, text.alias);
  if (!value) return fail(std::move(value.error()));
  MemberLayout member;
  member.kind = MemberKind::kValue;
  set_name(member, output.name);
  member.type = output.column.type;
  member.storage = output.column.storage;
  member.column = statement.output(std::move(*value), member.type, member.storage);
  node.members.push_back(std::move(member));
  return {};
}

Result<void> ReadRenderer::join(Statement& statement, const Level& child, const LevelText& parent, LevelText& text) {
  const auto& relation = system_.relation(child.relation);
  const auto& to = system_.entity(relation.to);
  text.alias = statement.next_alias();
  text.joins = " LEFT JOIN " + table_as(to, text.alias) + " ON " +
               join_pairs({to, text.alias, relation.to_fields}, {system_.entity(relation.from), parent.alias, relation.from_fields});
  if (child.where.kind == plan::PredicateKind::kTrue) return {};
  auto condition = condition_text(statement, child.where, {{child.entity, text.alias}, nullptr, nullptr, true});
  if (!condition) return fail(std::move(condition.error()));
  text.joins += " AND " + *condition;
  return {};
}

/// Joins a to-one, or notes a to-many with the parent's columns by which its rows will be found. Hidden embeds are joined only for an order.
Result<void> ReadRenderer::embed(Statement& statement, const Level& parent, std::size_t index, LevelText& text, NodeLayout& node) {
  const auto& child = parent.embeds[index];
  const auto shown = std::find_if(parent.outputs.begin(), parent.outputs.end(),
                                  [&](const plan::Output& output) { return output.kind == plan::OutputKind::kEmbed && output.embed == index; });
  const bool ordered = std::any_of(parent.order.begin(), parent.order.end(), [&](const plan::Order& order) { return order.embed == index; });
  if (shown == parent.outputs.end() && !ordered) return {};
  MemberLayout member;
  member.kind = child.spread ? MemberKind::kSpread : to_one(child) ? MemberKind::kOne : MemberKind::kMany;
  if (shown != parent.outputs.end() && !child.spread) set_name(member, shown->name);
  member.node = std::make_unique<NodeLayout>();
  auto& layout = *member.node;
  if (!to_one(child)) {
    layout.step = node.step;  // the parent's, until its own step is written
    const auto& relation = system_.relation(child.relation);
    const auto& from = system_.entity(relation.from);
    for (const auto id : relation.from_fields) {
      const auto& field = from.field(id);
      layout.parent_columns.push_back(statement.output(field_text(from, id, text.alias), field.type, field.storage));
    }
    pending_.push_back({&child, &layout});
    node.members.push_back(std::move(member));
    return {};
  }
  LevelText inner;
  if (auto joined = join(statement, child, text, inner); !joined) return joined;
  layout.joined = true;
  layout.step = node.step;
  const auto& to = system_.entity(child.entity);
  const auto present = to.key.empty() ? system_.relation(child.relation).to_fields.front() : to.key.front();
  layout.present_column = statement.output(field_text(to, present, inner.alias), to.field(present).type, to.field(present).storage);
  if (shown != parent.outputs.end()) {
    if (auto done = rows(statement, child, inner, layout); !done) return done;
    node.members.push_back(std::move(member));
  }
  text.joins += inner.joins;
  text.embeds[index] = inner.alias;
  return {};
}

/// Adds a level's members in the order of its outputs.
Result<void> ReadRenderer::rows(Statement& statement, const Level& level, LevelText& text, NodeLayout& node) {
  text.embeds.resize(level.embeds.size());
  std::vector<bool> done(level.embeds.size());
  for (const auto& output : level.outputs) {
    if (output.kind == plan::OutputKind::kEmbed) done[output.embed] = true;
    auto added = output.kind == plan::OutputKind::kEmbed ? embed(statement, level, output.embed, text, node)
                                                         : column_member(statement, level, output, text, node);
    if (!added) return added;
  }
  for (std::size_t i = 0; i < level.embeds.size(); ++i) {
    if (done[i]) continue;
    if (auto added = embed(statement, level, i, text, node); !added) return added;
  }
  return {};
}

Result<std::string> ReadRenderer::order_text(Statement& statement, const Level& level, const LevelText& text, std::string prefix) {
  for (const auto& order : level.order) {
    auto value = order_value(statement, level, order, text.alias, text.embeds);
    if (!value) return value;
    if (!prefix.empty()) prefix += ", ";
    prefix += *value;
    if (order.descending) prefix += " DESC";
    // A column that holds no null keeps the plain form, which an index can serve on both databases.
    if (order.column.nullable) prefix += order.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }
  return prefix;
}

std::string ReadRenderer::page_text(Statement& statement, const Level& level) const {
  std::string out;
  if (level.limit && !level.pinned) out += " LIMIT " + statement.int_constant(clamp(*level.limit));
  if (level.limit && level.pinned && *level.limit == 0) out += " LIMIT " + statement.int_constant(0);
  if (level.offset == 0) return out;
  if (!level.limit || level.pinned) out += statement.sqlite() ? " LIMIT -1" : "";
  return out + " OFFSET " + statement.int_constant(clamp(level.offset));
}

/// The version's columns and the cursor's, which the answer's members need not show.
Result<void> ReadRenderer::hidden_columns(Statement& statement, const Level& level, const LevelText& text) {
  if (plan_.want_version) {
    for (const auto& column : plan_.version) {
      auto value = column_text(statement, level.entity, column, text.alias);
      if (!value) return fail(std::move(value.error()));
      program_.layout.version_columns.push_back(statement.output(std::move(*value), column.type, column.storage));
    }
  }
  if (!plan_.keyset) return {};
  for (const auto& order : level.order) {
    auto value = order_value(statement, level, order, text.alias, text.embeds);
    if (!value) return fail(std::move(value.error()));
    program_.layout.cursor_columns.push_back(statement.output(std::move(*value), order.column.type, order.column.storage));
    program_.layout.cursor_types.push_back({order.column.type, order.column.storage});
  }
  return {};
}

Result<void> ReadRenderer::root(const WrittenKeys* keys) {
  const auto& level = *plan_.read;
  const auto& entity = system_.entity(level.entity);
  one_root_ = level.pinned && keys == nullptr;
  Statement statement(system_, program_.database);
  program_.layout.root.emplace();
  auto& node = *program_.layout.root;
  node.step = static_cast<std::uint32_t>(program_.steps.size());
  LevelText text;
  text.alias = statement.next_alias();
  if (auto done = rows(statement, level, text, node); !done) return done;
  if (auto done = hidden_columns(statement, level, text); !done) return done;
  if (statement.outputs().empty()) {
    const auto& first = entity.fields[entity.key.empty() ? 0 : entity.key.front().index()];
    static_cast<void>(statement.output(qualified(text.alias, first.column), first.type, first.storage));
  }
  std::string where;
  if (keys != nullptr) where = keys_text(statement, {level.entity, text.alias}, entity.key, keys->step, keys->columns);
  if (level.where.kind != plan::PredicateKind::kTrue) {
    auto condition = condition_text(statement, level.where, {{level.entity, text.alias}, &level, &text.embeds, true});
    if (!condition) return fail(std::move(condition.error()));
    where += (where.empty() ? "" : " AND ") + *condition;
  }
  auto order = order_text(statement, level, text, {});
  if (!order) return fail(std::move(order.error()));
  const auto page = page_text(statement, level);
  std::string sql = "SELECT " + statement.output_list(false) + " FROM " + table_as(entity, text.alias) + text.joins;
  if (!where.empty()) sql += " WHERE " + where;
  if (!order->empty()) sql += " ORDER BY " + *order;
  program_.steps.push_back(statement.finish(sql + page, "read " + level.name));
  return pending();
}

Result<void> ReadRenderer::pending() {
  // Parents first: a step's embeds are noted while it is written, so the list grows while it is walked.
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const auto next = pending_[i];
    if (auto done = many(next); !done) return done;
  }
  return {};
}

Result<std::string> ReadRenderer::many_from(Statement& statement, const Level& level, const LevelText& text, const std::string& key_alias) {
  const auto& relation = system_.relation(level.relation);
  const auto& to = system_.entity(relation.to);
  if (relation.kind != ir::RelationKind::kManyToMany) return table_as(to, text.alias);
  const auto& through = system_.entity(relation.through);
  std::string from = table_as(through, key_alias) + " JOIN " + table_as(to, text.alias) + " ON " +
                     join_pairs({to, text.alias, relation.to_fields}, {through, key_alias, relation.through_to});
  if (level.through_where.kind == plan::PredicateKind::kTrue) return from;
  auto condition = condition_text(statement, level.through_where, {{relation.through, key_alias}, nullptr, nullptr, true});
  if (!condition) return condition;
  return from + " AND " + *condition;
}

Result<std::string> ReadRenderer::many_where(Statement& statement, const Level& level, const LevelText& text, const Pending& pending) {
  const auto& relation = system_.relation(level.relation);
  const bool through = relation.kind == ir::RelationKind::kManyToMany;
  const auto& fields = through ? relation.through_from : relation.to_fields;
  const RowRef row{through ? relation.through : relation.to, key_alias_};
  // The rows of a pinned root have one parent, so its key is compared and not looked up in a list.
  const bool one = statement.sqlite() && one_root_ && pending.node->step == program_.layout.root->step;
  auto where = one ? key_text(statement, row, fields, pending.node->step, pending.node->parent_columns)
                   : keys_text(statement, row, fields, pending.node->step, pending.node->parent_columns);
  if (level.where.kind == plan::PredicateKind::kTrue) return where;
  auto condition = condition_text(statement, level.where, {{level.entity, text.alias}, nullptr, nullptr, true});
  if (!condition) return condition;
  return where + " AND " + *condition;
}

/// One step for all rows of a to-many, whoever their parents are: sorted by the join columns, then as asked.
Result<void> ReadRenderer::many(const Pending& pending) {
  const auto& level = *pending.level;
  const auto& relation = system_.relation(level.relation);
  const bool through = relation.kind == ir::RelationKind::kManyToMany;
  Statement statement(system_, program_.database);
  auto& node = *pending.node;
  const auto own_step = static_cast<std::uint32_t>(program_.steps.size());
  LevelText text;
  text.alias = statement.next_alias();
  key_alias_ = through ? statement.next_alias() : text.alias;
  auto where = many_where(statement, level, text, pending);
  if (!where) return fail(std::move(where.error()));
  node.step = own_step;
  const auto& key_entity = system_.entity(through ? relation.through : relation.to);
  std::string keys;
  for (const auto id : through ? relation.through_from : relation.to_fields) {
    auto key = field_text(key_entity, id, key_alias_);
    if (!keys.empty()) keys += ", ";
    keys += key;
    node.key_columns.push_back(statement.output(std::move(key), key_entity.field(id).type, key_entity.field(id).storage));
  }
  if (auto done = rows(statement, level, text, node); !done) return done;
  auto from = many_from(statement, level, text, key_alias_);
  if (!from) return fail(std::move(from.error()));
  const bool paged = level.limit.has_value() || level.offset != 0;
  auto order = order_text(statement, level, text, paged ? std::string() : keys);
  if (!order) return fail(std::move(order.error()));
  if (!paged) {
    auto sql = "SELECT " + statement.output_list(false) + " FROM " + *from + text.joins + " WHERE " + *where + " ORDER BY " + *order;
    program_.steps.push_back(statement.finish(std::move(sql), "read " + level.name));
    return {};
  }
  auto sql = "SELECT " + statement.output_list(true) + ", row_number() OVER (PARTITION BY " + keys + (order->empty() ? "" : " ORDER BY " + *order) +
             ") AS place FROM " + *from + text.joins + " WHERE " + *where;
  std::string outer;
  for (std::size_t i = 0; i < statement.outputs().size(); ++i) outer += (i == 0 ? "c" : ", c") + std::to_string(i);
  std::string sorted;
  for (const auto column : node.key_columns) sorted += "c" + std::to_string(column) + ", ";
  const auto first = clamp(level.offset);
  sql = "SELECT " + outer + " FROM (" + sql + ") AS page WHERE place > " + statement.int_constant(first);
  if (level.limit) {
    const auto last = *level.limit > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() - first)
                          ? std::numeric_limits<std::int64_t>::max()
                          : first + clamp(*level.limit);
    sql += " AND place <= " + statement.int_constant(last);
  }
  sql += " ORDER BY " + sorted + "place";
  program_.steps.push_back(statement.finish(std::move(sql), "read " + level.name));
  return {};
}

/// `FROM … WHERE …` of what is counted.
Result<std::string> ReadRenderer::counted_rows(Statement& statement) {
  const auto& level = *plan_.read;
  const auto alias = statement.next_alias();
  std::string sql = " FROM " + table_as(system_.entity(level.entity), alias);
  if (level.where.kind == plan::PredicateKind::kTrue) return sql;
  auto condition = condition_text(statement, level.where, {{level.entity, alias}, &level, nullptr, false});
  if (!condition) return condition;
  return sql + " WHERE " + *condition;
}

Result<void> ReadRenderer::count_rows(bool bounded) {
  Statement statement(system_, program_.database);
  auto from = counted_rows(statement);
  if (!from) return fail(std::move(from.error()));
  auto sql = "SELECT count(*)" + *from;
  if (bounded) sql = "SELECT count(*) FROM (SELECT 1" + *from + " LIMIT " + statement.int_constant(clamp(plan_.count_bound) + 1) + ") AS counted";
  ir::LogicalType integer;
  integer.scalar = ir::Scalar::kInt64;
  static_cast<void>(statement.output("count(*)", integer, {}));
  program_.layout.count_step = static_cast<std::uint32_t>(program_.steps.size());
  program_.steps.push_back(statement.finish(std::move(sql), "count " + plan_.read->name));
  return {};
}

/// PostgreSQL's estimate; it has no function for that, so the plan itself is the answer.
Result<void> ReadRenderer::ask_planner() {
  Statement statement(system_, program_.database);
  auto from = counted_rows(statement);
  if (!from) return fail(std::move(from.error()));
  ir::LogicalType json;
  json.scalar = ir::Scalar::kJson;
  static_cast<void>(statement.output("plan", json, {}));
  program_.layout.planned_step = static_cast<std::uint32_t>(program_.steps.size());
  program_.steps.push_back(statement.finish("EXPLAIN (FORMAT JSON) SELECT 1" + *from, "estimate " + plan_.read->name));
  return {};
}

Result<void> ReadRenderer::count() {
  using request::CountMode;
  if (program_.database == dialect::Database::kSqlite || plan_.count == CountMode::kExact) return count_rows(false);
  if (plan_.count == CountMode::kPlanned) return ask_planner();
  program_.layout.count_bound = plan_.count_bound;
  if (auto counted = count_rows(true); !counted) return counted;
  return ask_planner();
}

}  // namespace

Result<void> render_read(const plan::Plan& plan, const ir::System& system, const WrittenKeys* keys, Program& program) {
  ReadRenderer renderer(plan, system, program);
  if (!plan.count_only) {
    if (auto done = renderer.root(keys); !done) return done;
  }
  return plan.count == request::CountMode::kNone ? Result<void>() : renderer.count();
}

}  // namespace kingpost::sql
