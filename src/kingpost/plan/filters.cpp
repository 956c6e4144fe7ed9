#include <algorithm>
#include <utility>

#include "kingpost/plan/resolve.hpp"

namespace kingpost::plan {
namespace {

using request::FilterOp;
using request::Quantifier;

Predicate negate(Predicate inner) {
  Predicate predicate;
  predicate.kind = PredicateKind::kNot;
  predicate.children.push_back(std::move(inner));
  return predicate;
}

bool is_text(const ir::LogicalType& type) {
  return type.scalar == ir::Scalar::kText || type.scalar == ir::Scalar::kString || type.scalar == ir::Scalar::kEnum;
}

bool is_ordering(FilterOp op) {
  return op == FilterOp::kGreater || op == FilterOp::kGreaterEqual || op == FilterOp::kLess || op == FilterOp::kLessEqual;
}

bool takes_quantifier(FilterOp op) {
  switch (op) {
    case FilterOp::kEqual:
    case FilterOp::kGreater:
    case FilterOp::kGreaterEqual:
    case FilterOp::kLess:
    case FilterOp::kLessEqual:
    case FilterOp::kLike:
    case FilterOp::kILike:
    case FilterOp::kMatch:
    case FilterOp::kIMatch:
      return true;
    default:
      return false;
  }
}

Error no_operator(const ir::ViewEntity& view, const request::Filter& filter, std::string_view wanted) {
  return make_error(ErrorKind::kInvalidArgument, "42883",
                    "operator does not exist: " + view.name + "." + filter.path.column + " is not " + std::string(wanted));
}

/// Whether an operator makes sense for a column, as PostgreSQL would find out by its types.
Result<void> check_operator(const ir::ViewEntity& view, const request::Filter& filter, const Column& column) {
  const auto& type = column.type;
  if (filter.quantifier != Quantifier::kNone && !takes_quantifier(filter.op)) {
    return fail(ErrorKind::kInvalidArgument, "PGRST100", "this operator takes neither any nor all");
  }
  switch (filter.op) {
    case FilterOp::kLike:
    case FilterOp::kILike:
    case FilterOp::kMatch:
    case FilterOp::kIMatch:
      if (!is_text(type)) return fail(no_operator(view, filter, "text"));
      return {};
    case FilterOp::kIsTrue:
    case FilterOp::kIsFalse:
    case FilterOp::kIsUnknown:
      if (type.scalar != ir::Scalar::kBool) {
        return fail(ErrorKind::kInvalidArgument, "42804",
                    "argument of IS TRUE, FALSE or UNKNOWN must be a bool, not " + view.name + "." + filter.path.column);
      }
      return {};
    case FilterOp::kContains:
    case FilterOp::kContained:
      if (type.scalar != ir::Scalar::kJson && type.scalar != ir::Scalar::kList) return fail(no_operator(view, filter, "json or a list"));
      return {};
    case FilterOp::kOverlaps:
      if (type.scalar != ir::Scalar::kList) return fail(no_operator(view, filter, "a list"));
      return {};
    case FilterOp::kFullText:
      return fail(ErrorKind::kUnimplemented, "PGRST127", "full-text search is not supported");
    default:
      break;
  }
  const bool whole = column.steps.empty();
  if (is_ordering(filter.op) && whole && (type.scalar == ir::Scalar::kJson || type.scalar == ir::Scalar::kList)) {
    return fail(ErrorKind::kUnimplemented, "PGRST127", "json values and lists have no order here");
  }
  return {};
}

const Level* find_embed(const std::vector<NamedEmbed>& embeds, std::string_view name) {
  const auto found = std::find_if(embeds.begin(), embeds.end(), [&](const NamedEmbed& embed) { return embed.name == name; });
  return found == embeds.end() ? nullptr : found->level;
}

Result<Predicate> resolve_embed_null(const request::Filter& filter, const Level& level) {
  const bool is_null = filter.op == FilterOp::kIsNull;
  if (!is_null && filter.op != FilterOp::kIsNotNull) {
    auto error = make_error(ErrorKind::kInvalidArgument, "PGRST120", "Bad operator on the '" + filter.path.column + "' embedded resource");
    error.details = "Only is null or not is null filters are allowed on embedded resources";
    return fail(std::move(error));
  }
  auto exists = exists_predicate(level);
  return is_null != filter.negated ? negate(std::move(exists)) : std::move(exists);
}

Result<Predicate> resolve_compare(Context& context, const ir::ViewEntity& view, const request::Filter& filter,
                                  const std::vector<NamedEmbed>& embeds) {
  if (find_visible(context, view, filter.path.column) == nullptr && filter.path.steps.empty()) {
    if (const auto* level = find_embed(embeds, filter.path.column)) return resolve_embed_null(filter, *level);
  }
  auto column = resolve_column(context, view, filter.path);
  if (!column) return fail(std::move(column.error()));
  if (auto checked = check_operator(view, filter, *column); !checked) return fail(std::move(checked.error()));
  Predicate predicate;
  predicate.kind = PredicateKind::kCompare;
  predicate.op = filter.op;
  predicate.quantifier = filter.quantifier;
  predicate.column = std::move(*column);
  predicate.value = filter.value;
  predicate.language = filter.language;
  return filter.negated ? negate(std::move(predicate)) : std::move(predicate);
}

Result<Predicate> resolve_tree(Context& context, const ir::ViewEntity& view, const request::Filter& filter, const std::vector<NamedEmbed>& embeds,
                               std::int64_t depth) {
  if (++context.filter_nodes > context.limits.filter_nodes || depth > context.limits.filter_depth) {
    return fail(ErrorKind::kInvalidArgument, "kp-limit-filter", "the filters have too many conditions or nest too deeply");
  }
  if (filter.kind == request::FilterKind::kCompare) return resolve_compare(context, view, filter, embeds);
  if (filter.kind == request::FilterKind::kEmbedNull) {
    const auto* level = find_embed(embeds, filter.path.column);
    const bool null_test = filter.op == FilterOp::kIsNull || filter.op == FilterOp::kIsNotNull;
    if (!null_test && find_visible(context, view, filter.path.column) != nullptr) return resolve_compare(context, view, filter, embeds);
    if (level != nullptr) return resolve_embed_null(filter, *level);
    return fail(ErrorKind::kInvalidArgument, "PGRST108", "'" + filter.path.column + "' is not an embedded resource in this request");
  }
  Predicate predicate;
  predicate.kind = filter.kind == request::FilterKind::kAnd ? PredicateKind::kAnd : PredicateKind::kOr;
  for (const auto& child : filter.children) {
    auto resolved = resolve_tree(context, view, child, embeds, depth + 1);
    if (!resolved) return resolved;
    predicate.children.push_back(std::move(*resolved));
  }
  if (predicate.children.empty()) predicate.kind = predicate.kind == PredicateKind::kAnd ? PredicateKind::kTrue : PredicateKind::kFalse;
  return filter.negated ? negate(std::move(predicate)) : std::move(predicate);
}

void collect_pinned(const Predicate& filter, std::vector<ir::FieldId>& pinned) {
  if (filter.kind == PredicateKind::kAnd) {
    for (const auto& child : filter.children) collect_pinned(child, pinned);
    return;
  }
  const bool plain = filter.kind == PredicateKind::kCompare && filter.op == FilterOp::kEqual && filter.quantifier == Quantifier::kNone;
  if (plain && filter.column.expression == nullptr && filter.column.steps.empty()) pinned.push_back(filter.column.field);
}

}  // namespace

Result<Predicate> resolve_filter(Context& context, const ir::ViewEntity& view, const request::Filter& filter, const std::vector<NamedEmbed>& embeds) {
  return resolve_tree(context, view, filter, embeds, 1);
}

bool pins_key(const ir::Entity& entity, const Predicate& filter) {
  std::vector<ir::FieldId> pinned;
  collect_pinned(filter, pinned);
  return !entity.key.empty() && std::all_of(entity.key.begin(), entity.key.end(),
                                            [&](ir::FieldId id) { return std::find(pinned.begin(), pinned.end(), id) != pinned.end(); });
}

Predicate conjunction(std::vector<Predicate> parts) {
  Predicate result;
  result.kind = PredicateKind::kAnd;
  for (auto& part : parts) {
    if (part.kind == PredicateKind::kTrue) continue;
    if (part.kind == PredicateKind::kAnd) {
      for (auto& child : part.children) result.children.push_back(std::move(child));
    } else {
      result.children.push_back(std::move(part));
    }
  }
  if (result.children.empty()) return {};
  if (result.children.size() > 1) return result;
  auto only = std::move(result.children.front());
  return only;
}

Predicate policy_predicate(const cel::ExprPtr& condition) {
  Predicate predicate;
  if (condition == nullptr) return predicate;
  predicate.kind = PredicateKind::kPolicy;
  predicate.expression = condition;
  return predicate;
}

Predicate exists_predicate(const Level& level) {
  Predicate predicate;
  predicate.kind = PredicateKind::kExists;
  predicate.relation = level.relation;
  predicate.children.push_back(level.where);
  predicate.children.push_back(level.through_where);
  return predicate;
}

}  // namespace kingpost::plan
