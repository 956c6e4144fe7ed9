#include <fmt/format.h>

#include <algorithm>

#include "kingpost/dialect/expr_writer.hpp"

namespace kingpost::dialect {

using cel::Expr;
using cel::ExprKind;
using cel::Op;

std::string ExprWriter::select_rows(const Source& source, std::string_view columns, std::string_view condition) {
  auto text = fmt::format("SELECT {} FROM {}", columns, source.from);
  std::string_view word = " WHERE ";
  for (const std::string_view part : {std::string_view(source.where), condition}) {
    if (part.empty()) continue;
    text.append(word).append(part);
    word = " AND ";
  }
  return text;
}

std::string ExprWriter::exists(const Source& source, std::string_view condition, bool negated) const {
  return fmt::format("({}EXISTS ({}))", negated ? "NOT " : "", select_rows(source, "1", condition));
}

/// A filter that failed on some row makes the whole expression fail.
Sql ExprWriter::guarded(const Source& source, Sql value) const {
  if (source.guards.empty()) return value;
  const auto guard = fmt::format("{}", fmt::join(source.guards, " AND "));
  value.text = fmt::format("(CASE WHEN {} THEN {} END)", guard, value.text);
  if (value.nulls == Nulls::kValue) {
    value.ok = value.ok.empty() ? guard : guard + " AND " + value.ok;
  } else {
    value.nulls = Nulls::kError;
  }
  return value;
}

Result<Source> ExprWriter::source_of(const Expr& expr) {
  if (const auto* relation = relation_of(expr)) return source_of_relation(expr, *relation);
  if (expr.kind == ExprKind::kIdent && expr.type.relation && expr.type.element) {
    const auto id = scope_.system->find_entity(expr.name);
    if (!id.valid()) return no_sql(expr, fmt::format("'{}' is no entity.", expr.name));
    auto alias = next_alias(expr);
    if (!alias) return fail(alias.error());
    return Source{id, *alias, fmt::format("{} AS {}", quote_name(scope_.system->entity(id).table), *alias), {}, {}, nullptr, {}};
  }
  if (expr.kind != ExprKind::kMacro) return no_sql(expr, "Only the records of a relation can be run over in SQL.");
  const bool filters = expr.name == "filter" || expr.name == "where";
  if (!filters && expr.name != "map") return no_sql(expr, "Only the records of a relation can be run over in SQL.");
  auto source = source_of(*expr.args[0]);
  if (!source) return source;
  if (source->body != nullptr) return no_sql(expr, "What map() yields cannot be run over again in SQL.");
  if (filters || expr.args.size() == 3) {
    if (auto done = filter_source(*source, expr, *expr.args[1]); !done) return fail(done.error());
  }
  if (!filters) {
    source->body = expr.args.back().get();
    source->variable = expr.variable;
  }
  return source;
}

Result<Source> ExprWriter::source_of_relation(const Expr& expr, const ir::Relation& relation) {
  if (relation.kind == ir::RelationKind::kToOne) return no_sql(expr, fmt::format("'{}' is one record, not many.", expr.name));
  auto alias = next_alias(expr);
  if (!alias) return fail(alias.error());
  const auto& target = scope_.system->entity(relation.to);
  Source source;
  source.entity = relation.to;
  source.alias = *alias;
  source.from = fmt::format("{} AS {}", quote_name(target.table), *alias);
  auto holder_alias = *alias;
  const auto* holder = &target;
  const auto* holder_fields = &relation.to_fields;
  if (relation.kind == ir::RelationKind::kManyToMany) {
    auto through = next_alias(expr);
    if (!through) return fail(through.error());
    holder = &scope_.system->entity(relation.through);
    holder_fields = &relation.through_from;
    holder_alias = *through;
    source.from += fmt::format(" JOIN {} AS {} ON ", quote_name(holder->table), holder_alias);
    for (std::size_t i = 0; i < relation.through_to.size(); ++i) {
      source.from += fmt::format("{}{}.{} = {}.{}", i == 0 ? "" : " AND ", *alias, quote_name(target.field(relation.to_fields[i]).column),
                                 holder_alias, quote_name(holder->field(relation.through_to[i]).column));
    }
  }
  for (std::size_t i = 0; i < relation.from_fields.size(); ++i) {
    const auto held = column_of(*expr.args[0], relation.from_fields[i]);
    if (!held) return fail(held.error());
    // The list of a record that is not there is null, which cannot be run over.
    if (held->nulls != Nulls::kNever) source.guards.push_back(fmt::format("{} IS NOT NULL", held->text));
    source.where +=
        fmt::format("{}{}.{} = {}", i == 0 ? "" : " AND ", holder_alias, quote_name(holder->field((*holder_fields)[i]).column), held->text);
  }
  return source;
}

Result<void> ExprWriter::filter_source(Source& source, const Expr& macro, const Expr& condition) {
  rows_.push_back(RowName{macro.variable, source.entity, source.alias});
  auto exact = render(condition, false);
  auto loose = render(condition, true);
  rows_.pop_back();
  if (!exact) return fail(exact.error());
  if (!loose) return fail(loose.error());
  if (exact->nulls != Nulls::kNever) source.guards.push_back(exists(source, exact->text + " IS NULL", true));
  source.where += (source.where.empty() ? "" : " AND ") + loose->text;
  return {};
}

Sql ExprWriter::count_of(const Source& source) const {
  return Sql{fmt::format("({})", select_rows(source, "count(*)")), Rep::kInt, Nulls::kNever, {}, 0, 10, false, false};
}

Result<Sql> ExprWriter::render_macro(const Expr& expr, bool loose) {
  if (expr.name == "has") return render_has(expr);
  auto source = source_of(*expr.args[0]);
  if (!source) return fail(source.error());
  const bool quantifies = expr.name == "exists" || expr.name == "all" || expr.name == "exists_one";
  if (source->body != nullptr && (quantifies || !expr.variable.empty())) return no_sql(expr, "What map() yields cannot be run over again in SQL.");
  if (expr.name == "exists") return render_exists(expr, *source, loose);
  if (expr.name == "all") return render_all(expr, *source, loose);
  if (expr.name == "exists_one") return render_exists_one(expr, *source);
  if (expr.name == "count") {
    if (!expr.variable.empty()) {
      if (auto done = filter_source(*source, expr, *expr.args[1]); !done) return fail(done.error());
    }
    return guarded(*source, count_of(*source));
  }
  if (expr.name == "sum" || expr.name == "min" || expr.name == "max") {
    if (!expr.variable.empty() && expr.args.size() == 3) {
      if (auto done = filter_source(*source, expr, *expr.args[1]); !done) return fail(done.error());
    }
    return render_aggregate(expr, *source);
  }
  return no_sql(expr, fmt::format("{}() as a value has no SQL.", expr.name));
}

Result<Sql> ExprWriter::render_exists(const Expr& expr, const Source& source, bool loose) {
  rows_.push_back(RowName{expr.variable, source.entity, source.alias});
  auto exact = render(*expr.args[1], false);
  auto easy = render(*expr.args[1], true);
  rows_.pop_back();
  if (!exact) return exact;
  if (!easy) return easy;
  Sql sql{exists(source, easy->text), Rep::kBool, Nulls::kNever, {}, 0, 0, false, false};
  if (!loose && exact->nulls != Nulls::kNever) {
    sql.text = fmt::format("(CASE WHEN {} THEN {} WHEN {} THEN NULL ELSE {} END)", sql.text, truth(true), exists(source, exact->text + " IS NULL"),
                           truth(false));
    sql.nulls = Nulls::kError;
  }
  return guarded(source, std::move(sql));
}

Result<Sql> ExprWriter::render_all(const Expr& expr, const Source& source, bool loose) {
  rows_.push_back(RowName{expr.variable, source.entity, source.alias});
  auto exact = render(*expr.args[1], false);
  rows_.pop_back();
  if (!exact) return exact;
  const auto broken = exact->nulls == Nulls::kNever ? "NOT " + exact->text : exact->text + " IS NOT TRUE";
  Sql sql{exists(source, broken, true), Rep::kBool, Nulls::kNever, {}, 0, 0, false, false};
  if (!loose && exact->nulls != Nulls::kNever) {
    sql.text = fmt::format("(CASE WHEN {} THEN {} WHEN {} THEN NULL ELSE {} END)", exists(source, "NOT " + exact->text), truth(false),
                           exists(source, exact->text + " IS NULL"), truth(true));
    sql.nulls = Nulls::kError;
  }
  return guarded(source, std::move(sql));
}

Result<Sql> ExprWriter::render_exists_one(const Expr& expr, const Source& source) {
  Source matching = source;
  if (auto done = filter_source(matching, expr, *expr.args[1]); !done) return fail(done.error());
  Sql sql{fmt::format("(({}) = 1)", select_rows(matching, "count(*)")), Rep::kBool, Nulls::kNever, {}, 0, 0, false, false};
  return guarded(matching, std::move(sql));
}

Result<Sql> ExprWriter::render_aggregate(const Expr& expr, const Source& source) {
  const bool own = !expr.variable.empty();
  if (!own && source.body == nullptr) return no_sql(expr, fmt::format("{}() needs a value to run over.", expr.name));
  const Expr& body = own ? *expr.args.back() : *source.body;
  rows_.push_back(RowName{own ? expr.variable : source.variable, source.entity, source.alias});
  auto value = render(body, false);
  rows_.pop_back();
  if (!value) return value;
  *value = checked(std::move(*value));
  Source whole = source;
  // An element that fails makes the aggregate fail; one that is null does not count.
  if (value->nulls == Nulls::kError) whole.guards.push_back(exists(source, value->text + " IS NULL", true));
  if (value->nulls == Nulls::kValue && !value->ok.empty()) whole.guards.push_back(exists(source, "(" + value->ok + ") IS NOT TRUE", true));
  const bool sums = expr.name == "sum";
  const bool no_order = !sqlite() && (value->rep == Rep::kUuid || value->rep == Rep::kBool || value->rep == Rep::kBytes);
  if (!sums && no_order) return no_sql(expr, fmt::format("PostgreSQL has no {}() of this type.", expr.name));
  Sql sql = *value;
  sql.ok.clear();
  sql.nulls = sums ? Nulls::kNever : Nulls::kValue;
  auto text = fmt::format("{}({})", expr.name, value->text);
  if (sums) {
    sql.digits = kIntDigits;
    text = fmt::format("coalesce({}, {})", text, value->rep == Rep::kDouble ? "0.0" : "0");
    if (!sqlite() && (value->rep == Rep::kInt || value->rep == Rep::kDuration)) text += "::bigint";
  }
  sql.text = fmt::format("({})", select_rows(source, text));
  return guarded(whole, std::move(sql));
}

Result<Sql> ExprWriter::render_has(const Expr& expr) {
  const Expr& tested = *expr.args[0];
  if (const auto* relation = relation_of(tested); relation != nullptr && relation->kind != ir::RelationKind::kToOne) {
    const auto* holder = entity_of(*tested.args[0]);
    const auto key = column_of(*tested.args[0], holder->key.front());
    if (!key) return key;
    return Sql{fmt::format("({} IS NOT NULL)", key->text), Rep::kBool, Nulls::kNever, {}, 0, 0, false, false};
  }
  auto value = render_select(tested);
  if (!value) return value;
  *value = checked(std::move(*value));
  Sql sql{fmt::format("({} IS NOT NULL)", value->text), Rep::kBool, Nulls::kNever, {}, 0, 0, false, false};
  if (value->nulls == Nulls::kError) {
    sql.text = fmt::format("(CASE WHEN {} IS NOT NULL THEN {} END)", value->text, truth(true));
    sql.nulls = Nulls::kError;
  } else if (!value->ok.empty()) {
    sql.text = fmt::format("(CASE WHEN {} THEN {} END)", value->ok, sql.text);
    sql.nulls = Nulls::kError;
  }
  return sql;
}

Result<Sql> ExprWriter::render_in_rows(const Expr& expr) {
  auto source = source_of(*expr.args[1]);
  if (!source) return fail(source.error());
  Expr element;
  element.kind = ExprKind::kIdent;
  element.span = expr.args[1]->span;
  // No name of a model holds a blank, so nothing of the left side can mean it.
  element.name = source->body == nullptr ? "a member" : source->variable;
  const auto body = source->body == nullptr ? std::make_shared<const Expr>(std::move(element)) : std::shared_ptr<const Expr>();
  const auto variable = source->body == nullptr ? std::string("a member") : source->variable;
  const auto value = render(*expr.args[0], false);
  if (!value) return value;
  rows_.push_back(RowName{variable, source->entity, source->alias});
  auto member = render(body ? *body : *source->body, false);
  rows_.pop_back();
  if (!member) return member;
  Source whole = *source;
  if (member->nulls == Nulls::kError) whole.guards.push_back(exists(*source, member->text + " IS NULL", true));
  if (value->nulls == Nulls::kError) whole.guards.push_back(value->text + " IS NOT NULL");
  if (!value->ok.empty()) whole.guards.push_back(value->ok);
  const auto same = compare(Op::kEqual, *member, *value, true);
  if (!same) return same;
  return guarded(whole, Sql{exists(*source, same->text), Rep::kBool, Nulls::kNever, {}, 0, 0, false, false});
}

}  // namespace kingpost::dialect
