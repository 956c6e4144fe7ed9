#include <utility>

#include "kingpost/sql/statement.hpp"

namespace kingpost::sql {
namespace {

using plan::Predicate;
using plan::PredicateKind;
using request::FilterOp;
using request::Quantifier;

Param value_param(ParamKind kind, const Predicate& predicate) {
  Param param;
  param.kind = kind;
  param.slot = predicate.value.index;
  param.type = predicate.column.type;
  param.storage = predicate.column.storage;
  return param;
}

bool is_like(FilterOp op) { return op == FilterOp::kLike || op == FilterOp::kILike; }
bool is_match(FilterOp op) { return op == FilterOp::kMatch || op == FilterOp::kIMatch; }

Param text_param(ParamKind kind, const Predicate& predicate) {
  auto param = value_param(kind, predicate);
  param.type = {};
  param.type.scalar = ir::Scalar::kText;
  param.storage = {};
  return param;
}

std::string_view comparison(FilterOp op) {
  switch (op) {
    case FilterOp::kEqual:
      return " = ";
    case FilterOp::kNotEqual:
      return " <> ";
    case FilterOp::kGreater:
      return " > ";
    case FilterOp::kGreaterEqual:
      return " >= ";
    case FilterOp::kLess:
      return " < ";
    case FilterOp::kLessEqual:
      return " <= ";
    default:
      return "";
  }
}

/// `left op right` for the operators that take one value on the right.
std::string binary(const Statement& statement, FilterOp op, const std::string& left, const std::string& right) {
  switch (op) {
    case FilterOp::kLike:
      return left + " LIKE " + right;
    case FilterOp::kILike:
      // C collation folds ASCII alone, so the comparison names one that knows Unicode.
      return statement.sqlite() ? "ilike(" + right + ", " + left + ")" : left + " ILIKE " + right + " COLLATE \"und-x-icu\"";
    case FilterOp::kMatch:
      return "regexp(" + right + ", " + left + ")";
    case FilterOp::kIMatch:
      return "iregexp(" + right + ", " + left + ")";
    default:
      return left + std::string(comparison(op)) + right;
  }
}

bool orders(FilterOp op) { return op == FilterOp::kGreater || op == FilterOp::kGreaterEqual || op == FilterOp::kLess || op == FilterOp::kLessEqual; }

Result<std::string> quantified(Statement& statement, const Predicate& predicate, const std::string& left) {
  const bool any = predicate.quantifier == Quantifier::kAny;
  const auto list = statement.list_param(is_like(predicate.op)    ? text_param(ParamKind::kLikeList, predicate)
                                         : is_match(predicate.op) ? text_param(ParamKind::kList, predicate)
                                                                  : value_param(ParamKind::kList, predicate));
  if (statement.sqlite()) {
    if (any && predicate.op == FilterOp::kEqual) return left + " IN (SELECT value FROM kp_list(" + list + "))";
    const auto alias = statement.next_alias();
    const auto one = binary(statement, predicate.op, left, alias + ".value");
    const auto from = "SELECT 1 FROM kp_list(" + list + ") AS " + alias + " WHERE ";
    const auto body = any ? "EXISTS (" + from + one + ")" : "NOT EXISTS (" + from + "NOT (" + one + "))";
    return "(CASE WHEN " + left + " IS NULL THEN NULL ELSE " + body + " END)";
  }
  const std::string word = any ? "ANY(" : "ALL(";
  if (predicate.op == FilterOp::kLike) return left + " LIKE " + word + list + ")";
  if (predicate.op == FilterOp::kILike) return "(" + left + " COLLATE \"und-x-icu\") ILIKE " + word + list + ")";
  return left + std::string(comparison(predicate.op)) + word + list + ")";
}

/// Containment of lists. Both sides are JSON arrays; NULL stays NULL.
Result<std::string> containment(Statement& statement, const Predicate& predicate, const std::string& left) {
  const auto right = statement.param(value_param(ParamKind::kValue, predicate));
  if (!statement.sqlite()) {
    if (predicate.op == FilterOp::kContains) return "(" + left + ")::jsonb @> " + right;
    if (predicate.op == FilterOp::kContained) return "(" + left + ")::jsonb <@ " + right;
    const auto mine = statement.next_alias();
    const auto theirs = statement.next_alias();
    return "(CASE WHEN " + left + " IS NOT NULL THEN EXISTS (SELECT 1 FROM jsonb_array_elements((" + left + ")::jsonb) AS " + mine +
           "(value) JOIN jsonb_array_elements(" + right + ") AS " + theirs + "(value) ON " + mine + ".value = " + theirs + ".value) END)";
  }
  if (predicate.column.type.scalar != ir::Scalar::kList) {
    return fail(ErrorKind::kUnimplemented, "PGRST127", "cs and cd on json columns are not supported on SQLite");
  }
  const auto mine = statement.next_alias();
  const auto theirs = statement.next_alias();
  const auto each_mine = "json_each(" + left + ") AS " + mine;
  const auto each_theirs = "json_each(" + right + ") AS " + theirs;
  const auto same = mine + ".value = " + theirs + ".value";
  std::string body;
  if (predicate.op == FilterOp::kOverlaps) {
    body = "EXISTS (SELECT 1 FROM " + each_mine + " JOIN " + each_theirs + " ON " + same + ")";
  } else {
    const bool contains = predicate.op == FilterOp::kContains;
    body = "NOT EXISTS (SELECT 1 FROM " + (contains ? each_theirs : each_mine) + " WHERE NOT EXISTS (SELECT 1 FROM " +
           (contains ? each_mine : each_theirs) + " WHERE " + same + "))";
  }
  return "(CASE WHEN " + left + " IS NOT NULL THEN " + body + " END)";
}

Result<std::string> compare_text(Statement& statement, const Predicate& predicate, const ConditionScope& scope) {
  auto column = column_text(statement, scope.row.entity, predicate.column, scope.row.alias);
  if (!column) return column;
  auto left = std::move(*column);
  if (is_match(predicate.op) && !statement.sqlite()) {
    return fail(ErrorKind::kUnimplemented, "PGRST127", "match and imatch are not supported on PostgreSQL, whose expressions differ from RE2's");
  }
  if (predicate.quantifier != Quantifier::kNone) return quantified(statement, predicate, left);
  const bool json = predicate.column.type.scalar == ir::Scalar::kJson;
  if (json && !statement.sqlite()) left = "(" + left + ")::jsonb";
  switch (predicate.op) {
    case FilterOp::kIn: {
      const auto list = statement.list_param(value_param(ParamKind::kList, predicate));
      return statement.sqlite() ? left + " IN (SELECT value FROM kp_list(" + list + "))" : left + " = ANY(" + list + ")";
    }
    case FilterOp::kIsNull:
    case FilterOp::kIsUnknown:
      return left + " IS NULL";
    case FilterOp::kIsNotNull:
      return left + " IS NOT NULL";
    case FilterOp::kIsTrue:
      return left + " IS TRUE";
    case FilterOp::kIsFalse:
      return left + " IS FALSE";
    case FilterOp::kIsDistinct:
      return left + (statement.sqlite() ? " IS NOT " : " IS DISTINCT FROM ") + statement.param(value_param(ParamKind::kValue, predicate));
    case FilterOp::kContains:
    case FilterOp::kContained:
    case FilterOp::kOverlaps:
      return containment(statement, predicate, left);
    case FilterOp::kFullText:
      return fail(ErrorKind::kUnimplemented, "PGRST127", "full-text search is not supported");
    case FilterOp::kLike:
    case FilterOp::kILike:
      return binary(statement, predicate.op, left, statement.param(text_param(ParamKind::kLikePattern, predicate)));
    case FilterOp::kMatch:
    case FilterOp::kIMatch:
      return binary(statement, predicate.op, left, statement.param(text_param(ParamKind::kValue, predicate)));
    default:
      break;
  }
  auto right = statement.param(value_param(ParamKind::kValue, predicate));
  if (json && statement.sqlite() && orders(predicate.op)) {
    left = "json_extract(" + left + ", '$')";
    right = "json_extract(" + right + ", '$')";
  }
  return binary(statement, predicate.op, left, right);
}

Result<std::string> exists_text(Statement& statement, const Predicate& predicate, const ConditionScope& scope) {
  const auto& system = statement.system();
  const auto& relation = system.relation(predicate.relation);
  const auto& from = system.entity(relation.from);
  const auto& to = system.entity(relation.to);
  const auto alias = statement.next_alias();
  std::string sql = "EXISTS (SELECT 1 FROM ";
  if (relation.kind == ir::RelationKind::kManyToMany) {
    const auto& through = system.entity(relation.through);
    const auto junction = statement.next_alias();
    sql += table_as(through, junction) + " JOIN " + table_as(to, alias) + " ON " +
           join_pairs({to, alias, relation.to_fields}, {through, junction, relation.through_to}) + " WHERE " +
           join_pairs({through, junction, relation.through_from}, {from, scope.row.alias, relation.from_fields});
    if (predicate.children.size() > 1 && predicate.children[1].kind != PredicateKind::kTrue) {
      auto condition = condition_text(statement, predicate.children[1], {{relation.through, junction}, nullptr, nullptr, true});
      if (!condition) return condition;
      sql += " AND " + *condition;
    }
  } else {
    sql += table_as(to, alias) + " WHERE " + join_pairs({to, alias, relation.to_fields}, {from, scope.row.alias, relation.from_fields});
  }
  if (predicate.children[0].kind != PredicateKind::kTrue) {
    auto condition = condition_text(statement, predicate.children[0], {{relation.to, alias}, nullptr, nullptr, true});
    if (!condition) return condition;
    sql += " AND " + *condition;
  }
  return sql + ")";
}

Result<std::string> joined(Statement& statement, const Predicate& predicate, const ConditionScope& scope) {
  const bool all = predicate.kind == PredicateKind::kAnd;
  std::string out = "(";
  for (std::size_t i = 0; i < predicate.children.size(); ++i) {
    auto part = condition_text(statement, predicate.children[i], scope);
    if (!part) return part;
    if (i != 0) out += all ? " AND " : " OR ";
    out += *part;
  }
  return out + ")";
}

struct KeysetTerm {
  std::string left;
  std::string right;
  const plan::Order* order = nullptr;
};

/// The rows after the cursor in this one term.
std::string after(const KeysetTerm& term) {
  std::string beyond = term.left + (term.order->descending ? " < " : " > ") + term.right;
  if (!term.order->column.nullable) return beyond;
  if (term.order->nulls_first) return "(" + beyond + " OR (" + term.right + " IS NULL AND " + term.left + " IS NOT NULL))";
  return "(" + beyond + " OR (" + term.left + " IS NULL AND " + term.right + " IS NOT NULL))";
}

std::string equal(const Statement& statement, const KeysetTerm& term) {
  if (!term.order->column.nullable) return term.left + " = " + term.right;
  return term.left + (statement.sqlite() ? " IS " : " IS NOT DISTINCT FROM ") + term.right;
}

/// Lexicographic: after in the first term, or equal there and after in the second, …; with the first term's bound apart, for an index.
Result<std::string> keyset_text(Statement& statement, const ConditionScope& scope) {
  std::vector<KeysetTerm> terms;
  const auto& level = *scope.root;
  for (std::size_t i = 0; i < level.order.size(); ++i) {
    const auto& order = level.order[i];
    auto left = order_value(statement, level, order, scope.row.alias, *scope.embeds);
    if (!left) return left;
    Param cursor;
    cursor.kind = ParamKind::kCursor;
    cursor.slot = static_cast<std::uint32_t>(i);
    cursor.type = order.column.type;
    cursor.storage = order.column.storage;
    terms.push_back({std::move(*left), statement.param(std::move(cursor)), &order});
  }
  std::string out = "(";
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (i != 0) out += " OR ";
    out += "(";
    for (std::size_t k = 0; k < i; ++k) out += equal(statement, terms[k]) + " AND ";
    out += after(terms[i]) + ")";
  }
  out += ")";
  if (terms.size() > 1 && !terms.front().order->column.nullable) {
    const auto& first = terms.front();
    out = "(" + first.left + (first.order->descending ? " <= " : " >= ") + first.right + " AND " + out + ")";
  }
  return out;
}

}  // namespace

Result<std::string> condition_text(Statement& statement, const Predicate& predicate, const ConditionScope& scope) {
  switch (predicate.kind) {
    case PredicateKind::kTrue:
      return "TRUE";
    case PredicateKind::kFalse:
      return "FALSE";
    case PredicateKind::kAnd:
    case PredicateKind::kOr:
      return joined(statement, predicate, scope);
    case PredicateKind::kNot: {
      auto inner = condition_text(statement, predicate.children.front(), scope);
      if (!inner) return inner;
      return "NOT (" + *inner + ")";
    }
    case PredicateKind::kCompare:
      return compare_text(statement, predicate, scope);
    case PredicateKind::kPolicy: {
      auto condition = dialect::render_condition(*predicate.expression, statement.scope(scope.row.entity, scope.row.alias));
      if (!condition) return condition;
      return "(" + *condition + ")";
    }
    case PredicateKind::kExists:
      return exists_text(statement, predicate, scope);
    case PredicateKind::kKeyset:
      return scope.with_keyset && scope.root != nullptr ? keyset_text(statement, scope) : Result<std::string>("TRUE");
  }
  return "FALSE";
}

std::string key_text(Statement& statement, const RowRef& row, const std::vector<ir::FieldId>& fields, std::uint32_t step,
                     const std::vector<std::uint32_t>& columns) {
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& entity = statement.system().entity(row.entity);
    const auto& field = entity.field(fields[i]);
    Param key;
    key.kind = ParamKind::kKey;
    key.step = step;
    key.column = columns[i];
    key.type = field.type;
    key.storage = field.storage;
    if (i != 0) out += " AND ";
    out += field_text(entity, fields[i], row.alias) + " = " + statement.param(std::move(key));
  }
  return out;
}

std::string keys_text(Statement& statement, const RowRef& row, const std::vector<ir::FieldId>& fields, std::uint32_t step,
                      const std::vector<std::uint32_t>& columns) {
  std::vector<std::string> lists;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& field = statement.system().entity(row.entity).field(fields[i]);
    Param keys;
    keys.kind = ParamKind::kKeys;
    keys.step = step;
    keys.column = columns[i];
    keys.type = field.type;
    keys.storage = field.storage;
    lists.push_back(statement.list_param(std::move(keys)));
  }
  return lists_text(statement, row, fields, lists);
}

std::string rows_text(Statement& statement, const RowRef& row, const std::vector<ir::FieldId>& fields,
                      const std::vector<std::uint32_t>& row_columns) {
  std::vector<std::string> lists;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& field = statement.system().entity(row.entity).field(fields[i]);
    Param values;
    values.kind = ParamKind::kRows;
    values.column = row_columns[i];
    values.type = field.type;
    values.storage = field.storage;
    lists.push_back(statement.list_param(std::move(values)));
  }
  return lists_text(statement, row, fields, lists);
}

std::string lists_text(Statement& statement, const RowRef& row, const std::vector<ir::FieldId>& fields, const std::vector<std::string>& lists) {
  const auto& entity = statement.system().entity(row.entity);
  if (fields.size() == 1) {
    const auto left = field_text(entity, fields.front(), row.alias);
    return statement.sqlite() ? left + " IN (SELECT value FROM kp_list(" + lists.front() + "))" : left + " = ANY(" + lists.front() + ")";
  }
  std::string left;
  std::string values;
  std::string from;
  std::string first;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i != 0) left += ", ";
    left += field_text(entity, fields[i], row.alias);
    if (!statement.sqlite()) {
      values += (i == 0 ? "" : ", ") + lists[i];
      continue;
    }
    const auto alias = statement.next_alias();
    values += (i == 0 ? "" : ", ") + alias + ".value";
    from += (i == 0 ? "kp_list(" : " JOIN kp_list(") + lists[i] + ") AS " + alias;
    if (i == 0) {
      first = alias;
    } else {
      from.append(" ON ").append(alias).append(".position = ").append(first).append(".position");
    }
  }
  if (!statement.sqlite()) return "(" + left + ") IN (SELECT * FROM unnest(" + values + "))";
  return "(" + left + ") IN (SELECT " + values + " FROM " + from + ")";
}

}  // namespace kingpost::sql
