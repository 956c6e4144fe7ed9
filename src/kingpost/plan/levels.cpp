#include <algorithm>
#include <utility>

#include "kingpost/plan/resolve.hpp"

namespace kingpost::plan {
namespace {

/// Resolves one level and, below it, its embeds.
class LevelResolver {
 public:
  explicit LevelResolver(Context& context) : context_(context) {}

  Result<Level> resolve(const request::ReadNode& node, const ir::ViewEntity& view, ir::RelationId relation, std::int64_t depth);
  void set_use(LevelUse use) { use_ = use; }

 private:
  Result<void> resolve_select(const request::ReadNode& node, const ir::ViewEntity& view, Level& level, std::int64_t depth);
  Result<void> add_star(const ir::ViewEntity& view, Level& level);
  Result<void> add_column(const request::SelectItem& item, const ir::ViewEntity& view, Level& level);
  Result<void> add_embed(const request::SelectItem& item, const ir::ViewEntity& view, Level& level, std::int64_t depth);
  Result<void> add_output(const ir::ViewEntity& view, Level& level, Output output);
  Result<void> resolve_where(const request::ReadNode& node, const ir::ViewEntity& view, Level& level, const cel::ExprPtr& policy);
  Result<void> resolve_order(const request::ReadNode& node, const ir::ViewEntity& view, Level& level);
  Result<Order> resolve_term(const request::OrderTerm& term, const ir::ViewEntity& view, const Level& level);
  Result<void> weave_junction(Level& level);
  [[nodiscard]] bool is_to_one(const Level& level) const {
    return level.relation.valid() && context_.system.relation(level.relation).kind == ir::RelationKind::kToOne;
  }
  void set_page(const request::ReadNode& node, Level& level, bool root) const;

  Context& context_;
  LevelUse use_ = LevelUse::kRead;
  /// Names under which a level's embeds may be filtered and ordered by, in step with Level::embeds.
  std::vector<std::string> embed_names_;
};

Result<void> LevelResolver::add_output(const ir::ViewEntity& view, Level& level, Output output) {
  if (++context_.select_nodes > context_.limits.select_nodes) {
    return fail(ErrorKind::kInvalidArgument, "kp-limit-select", "the select names too many columns");
  }
  const auto same = [&](const Output& other) { return other.name == output.name; };
  if (std::any_of(level.outputs.begin(), level.outputs.end(), same)) {
    return fail(ErrorKind::kInvalidArgument, "42701", "column \"" + output.name + "\" of " + view.name + " specified more than once; use an alias");
  }
  level.outputs.push_back(std::move(output));
  return {};
}

Result<void> LevelResolver::add_star(const ir::ViewEntity& view, Level& level) {
  for (const auto& field : view.fields) {
    if (find_visible(context_, view, field.name) == nullptr) continue;
    Output output;
    output.name = field.name;
    output.column = column_of(context_, view, field);
    if (auto added = add_output(view, level, std::move(output)); !added) return added;
  }
  return {};
}

Result<void> LevelResolver::add_column(const request::SelectItem& item, const ir::ViewEntity& view, Level& level) {
  auto column = resolve_column(context_, view, item.path);
  if (!column) return fail(std::move(column.error()));
  auto cast = cast_column(std::move(*column), item.cast);
  if (!cast) return fail(std::move(cast.error()));
  Output output;
  output.column = std::move(*cast);
  output.name = item.alias;
  if (output.name.empty()) {
    // As PostgREST: the last member of the path, or the last name before an array index.
    output.name = item.path.column;
    for (const auto& step : item.path.steps) {
      if (!step.is_position) output.name = step.member;
    }
  }
  return add_output(view, level, std::move(output));
}

Result<void> LevelResolver::add_embed(const request::SelectItem& item, const ir::ViewEntity& view, Level& level, std::int64_t depth) {
  const auto& node = *item.embed;
  if (++context_.embeds > context_.limits.embed_count || depth > context_.limits.embed_depth) {
    return fail(ErrorKind::kInvalidArgument, "kp-limit-embeds", "the select embeds too many resources or nests them too deeply");
  }
  const auto relation = resolve_relation(context_, view, node.name, node.hint);
  if (!relation) return fail(relation.error());
  const auto* target = context_.contract.view_of(context_.system.relation(*relation).to);
  LevelResolver inner(context_);
  auto child = inner.resolve(node, *target, *relation, depth + 1);
  if (!child) return fail(std::move(child.error()));
  if (child->spread && !is_to_one(*child)) {
    return fail(ErrorKind::kUnimplemented, "PGRST127", "spreading '" + node.name + "', which may hold several rows, is not supported");
  }
  if (auto woven = inner.weave_junction(*child); !woven) return woven;
  child->name = item.alias.empty() ? node.name : item.alias;
  Output output;
  output.kind = OutputKind::kEmbed;
  output.name = child->name;
  output.embed = level.embeds.size();
  const bool shown = !child->hidden;
  const bool spread = child->spread;
  if (spread) output.name.clear();
  embed_names_.push_back(node.name);
  level.embeds.push_back(std::move(*child));
  if (!shown) return {};
  if (spread) {
    level.outputs.push_back(std::move(output));
    return {};
  }
  return add_output(view, level, std::move(output));
}

Result<void> LevelResolver::weave_junction(Level& level) {
  const auto& relation = context_.system.relation(level.relation);
  if (relation.kind != ir::RelationKind::kManyToMany) return {};
  const auto& through = context_.system.entity(relation.through);
  const auto verdict = context_.policies.of(through, Action::kRead);
  if (verdict.denied) return fail(context_.policies.denial(denial_message(through.name)));
  level.through_where = policy_predicate(verdict.condition);
  return {};
}

Result<void> LevelResolver::resolve_select(const request::ReadNode& node, const ir::ViewEntity& view, Level& level, std::int64_t depth) {
  if (node.select.empty() && !node.empty) return add_star(view, level);
  for (const auto& item : node.select) {
    Result<void> added;
    switch (item.kind) {
      case request::SelectKind::kStar:
        added = add_star(view, level);
        break;
      case request::SelectKind::kColumn:
        added = add_column(item, view, level);
        break;
      case request::SelectKind::kEmbed:
        added = add_embed(item, view, level, depth);
        break;
    }
    if (!added) return added;
  }
  return {};
}

Result<void> LevelResolver::resolve_where(const request::ReadNode& node, const ir::ViewEntity& view, Level& level, const cel::ExprPtr& policy) {
  std::vector<Predicate> parts;
  const bool root = !level.relation.valid();
  if (node.where && !(root && use_ == LevelUse::kRepresentation)) {
    std::vector<NamedEmbed> embeds;
    for (std::size_t i = 0; i < level.embeds.size(); ++i) {
      embeds.push_back({level.embeds[i].name, &level.embeds[i]});
      if (level.embeds[i].name != embed_names_[i]) embeds.push_back({embed_names_[i], &level.embeds[i]});
    }
    auto filter = resolve_filter(context_, view, *node.where, embeds);
    if (!filter) return fail(std::move(filter.error()));
    level.pinned = pins_key(context_.entity(view), *filter);
    parts.push_back(std::move(*filter));
  }
  parts.push_back(policy_predicate(policy));
  for (const auto& embed : level.embeds) {
    if (embed.inner) parts.push_back(exists_predicate(embed));
  }
  level.where = conjunction(std::move(parts));
  return {};
}

Result<Order> LevelResolver::resolve_term(const request::OrderTerm& term, const ir::ViewEntity& view, const Level& level) {
  Order order;
  order.descending = term.descending;
  order.nulls_first = term.nulls == request::NullsOrder::kDefault ? term.descending : term.nulls == request::NullsOrder::kFirst;
  if (term.relation.empty()) {
    auto column = resolve_column(context_, view, term.path);
    if (!column) return fail(std::move(column.error()));
    order.column = std::move(*column);
    return order;
  }
  for (std::size_t i = 0; i < level.embeds.size(); ++i) {
    if (level.embeds[i].name != term.relation && embed_names_[i] != term.relation) continue;
    if (!is_to_one(level.embeds[i])) {
      auto error = make_error(ErrorKind::kInvalidArgument, "PGRST118", "A related order on '" + term.relation + "' is not possible");
      error.details = "'" + view.name + "' and '" + term.relation + "' do not form a many-to-one or one-to-one relationship";
      return fail(std::move(error));
    }
    const auto* target = context_.contract.view_of(level.embeds[i].entity);
    auto column = resolve_column(context_, *target, term.path);
    if (!column) return fail(std::move(column.error()));
    order.column = std::move(*column);
    order.column.nullable = true;
    order.embed = i;
    return order;
  }
  return fail(ErrorKind::kInvalidArgument, "PGRST108", "'" + term.relation + "' is not an embedded resource in this request");
}

Result<void> LevelResolver::resolve_order(const request::ReadNode& node, const ir::ViewEntity& view, Level& level) {
  if (node.order.size() > static_cast<std::size_t>(context_.limits.filter_depth)) {
    return fail(ErrorKind::kInvalidArgument, "kp-limit-order", "the order has too many terms");
  }
  const auto& entity = context_.entity(view);
  for (const auto& term : node.order) {
    auto order = resolve_term(term, view, level);
    if (!order) return fail(std::move(order.error()));
    level.order.push_back(std::move(*order));
  }
  // One row has no order; its terms were resolved all the same, so that an unknown or hidden name is refused.
  if (level.pinned || is_to_one(level)) {
    level.order.clear();
    return {};
  }
  for (const auto key : entity.key) {
    const auto is_key = [&](const Order& order) {
      return order.embed == kNoEmbed && order.column.field == key && order.column.steps.empty() && order.column.expression == nullptr;
    };
    if (std::any_of(level.order.begin(), level.order.end(), is_key)) continue;
    Order order;
    order.column = stored_column(entity, key);
    level.order.push_back(std::move(order));
  }
  return {};
}

void LevelResolver::set_page(const request::ReadNode& node, Level& level, bool root) const {
  if (is_to_one(level)) return;
  if (!root) {
    level.limit = node.limit;
    level.offset = node.offset.value_or(0);
    return;
  }
  if (use_ == LevelUse::kRepresentation) return;
  const auto most = static_cast<std::uint64_t>(context_.limits.page_rows);
  level.limit = std::min(node.limit.value_or(most), most);
  level.offset = context_.request.has_cursor ? 0 : node.offset.value_or(0);
}

Result<Level> LevelResolver::resolve(const request::ReadNode& node, const ir::ViewEntity& view, ir::RelationId relation, std::int64_t depth) {
  const auto& entity = context_.entity(view);
  const auto verdict = context_.policies.of(entity, Action::kRead);
  if (verdict.denied) return fail(context_.policies.denial(denial_message(view.name)));
  Level level;
  level.entity = view.entity;
  level.name = view.name;
  level.relation = relation;
  level.inner = node.inner;
  level.spread = node.spread;
  level.hidden = node.empty;
  if (auto selected = resolve_select(node, view, level, depth); !selected) return fail(std::move(selected.error()));
  if (auto filtered = resolve_where(node, view, level, verdict.condition); !filtered) return fail(std::move(filtered.error()));
  if (auto ordered = resolve_order(node, view, level); !ordered) return fail(std::move(ordered.error()));
  set_page(node, level, !relation.valid());
  return level;
}

}  // namespace

Result<Level> resolve_root(Context& context, const ir::ViewEntity& view, LevelUse use) {
  LevelResolver resolver(context);
  resolver.set_use(use);
  return resolver.resolve(context.request.root, view, {}, 1);
}

std::vector<Column> version_columns(const Context& context, const ir::Entity& entity) {
  if (const auto version = entity.version_field(); version.valid()) return {stored_column(entity, version)};
  std::vector<Column> columns;
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    const auto& field = entity.fields[i];
    if (!field.stored()) continue;
    const auto verdict = context.policies.field_read(field);
    if (verdict.denied) continue;
    auto column = stored_column(entity, ir::FieldId{static_cast<std::uint32_t>(i)});
    column.visible_if = verdict.condition;
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace kingpost::plan
