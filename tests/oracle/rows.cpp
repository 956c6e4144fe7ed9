#include "rows.hpp"

#include <re2/re2.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "kingpost/base/text.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/sql/array_literal.hpp"
#include "kingpost/store/like_pattern.hpp"

namespace kingpost::oracle {
namespace {

using plan::Predicate;
using plan::PredicateKind;
using request::FilterOp;
using request::Quantifier;
using Tri = std::optional<bool>;

/// A row as expressions see it: fields by model name, references as records, to-many relations as lists.
class RowRecord final : public cel::Record {
 public:
  RowRecord(Reader reader, RowView view) : reader_(reader), view_(view) {}

  Result<cel::Value> field(const std::string& name) const override {
    const auto& system = reader_.system();
    const auto& entity = system.entity(view_.entity);
    for (const auto id : entity.relations) {
      if (system.relation(id).name == name) return relation(id);
    }
    const auto id = entity.find_field(name);
    if (!id.valid()) return fail(ErrorKind::kInvalidArgument, "cel-no-field", "no field " + name);
    const auto& field = entity.field(id);
    if (field.computed != nullptr) return reader_.evaluate(*field.computed, view_);
    return dialect::decode(view_of((*view_.row)[id.index()]), field.type, field.storage, dialect::Database::kSqlite);
  }
  Result<cel::Value> key() const override {
    const auto& entity = reader_.system().entity(view_.entity);
    const auto& field = entity.field(entity.key.front());
    return dialect::decode(view_of((*view_.row)[entity.key.front().index()]), field.type, field.storage, dialect::Database::kSqlite);
  }

 private:
  Result<cel::Value> relation(ir::RelationId id) const {
    auto list = std::make_shared<std::vector<cel::Value>>();
    for (const auto& related : reader_.related(id, view_)) list->push_back({cel::RecordPtr(std::make_shared<RowRecord>(reader_, related.row))});
    if (reader_.system().relation(id).kind != ir::RelationKind::kToOne) return cel::Value{cel::List(std::move(list))};
    return list->empty() ? cel::Value{cel::Null{}} : list->front();
  }

  Reader reader_;
  RowView view_;
};

class AuthRecord final : public cel::Record {
 public:
  explicit AuthRecord(const request::Principal& principal) : principal_(&principal) {}
  Result<cel::Value> field(const std::string& name) const override {
    if (name == "uid" && principal_->user) return cel::Value{*principal_->user};
    if (name == "tenant" && principal_->tenant) return cel::Value{*principal_->tenant};
    return fail(ErrorKind::kUnauthenticated, "42501", "auth." + name + " is not known");
  }
  Result<cel::Value> key() const override { return field("uid"); }

 private:
  const request::Principal* principal_;
};

Tri negate(Tri value) { return value ? Tri(!*value) : value; }

/// The JSON text at a path, or null.
Result<Datum> json_at(const std::string& text, const plan::Column& column) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(text).get(element) != simdjson::SUCCESS) return Datum{};
  for (const auto& step : column.steps) {
    simdjson::dom::element next;
    if (!step.is_position) {
      if (element[step.member].get(next) != simdjson::SUCCESS) return Datum{};
    } else {
      simdjson::dom::array array;
      if (element.get(array) != simdjson::SUCCESS) return Datum{};
      const auto size = static_cast<std::int64_t>(array.size());
      const auto at = step.position < 0 ? size + step.position : step.position;
      if (at < 0 || at >= size || array.at(static_cast<std::size_t>(at)).get(next) != simdjson::SUCCESS) return Datum{};
    }
    element = next;
  }
  if (column.as_text && element.is_null()) return Datum{};
  if (column.as_text && element.is_string()) return Datum{std::string(std::string_view(element))};
  return Datum{simdjson::minify(element)};
}

Result<Datum> cast(const Datum& datum, const plan::Column& column) {
  const auto from = column.uncast_type.scalar;
  const auto to = column.type.scalar;
  if (is_null(datum)) return datum;
  if (to == ir::Scalar::kText) {
    std::string text;
    dialect::append_json(text, view_of(datum), column.uncast_type, column.uncast_storage, dialect::Database::kSqlite);
    if (text.size() > 1 && text.front() == '"') text = text.substr(1, text.size() - 2);
    return Datum{text};
  }
  if (from == ir::Scalar::kFloat && (to == ir::Scalar::kInt32 || to == ir::Scalar::kInt64)) {
    return Datum{static_cast<std::int64_t>(std::llround(std::get<double>(datum)))};
  }
  return fail(ErrorKind::kUnimplemented, "PGRST127", "the oracle does not know this cast");
}

bool matches_pattern(FilterOp op, const std::string& text, std::string pattern) {
  if (op == FilterOp::kMatch || op == FilterOp::kIMatch) {
    re2::RE2::Options options;
    options.set_case_sensitive(op == FilterOp::kMatch);
    return re2::RE2::PartialMatch(text, re2::RE2(pattern, options));
  }
  std::replace(pattern.begin(), pattern.end(), '*', '%');
  const bool fold = op == FilterOp::kILike;
  const auto like = store::LikePattern::compile(pattern, '\\', fold);
  return like && like->matches(fold ? store::fold_case(text) : text);
}

bool compare_once(FilterOp op, const Datum& left, const Datum& right) {
  switch (op) {
    case FilterOp::kEqual:
      return order_of(left, right) == 0;
    case FilterOp::kNotEqual:
      return order_of(left, right) != 0;
    case FilterOp::kGreater:
      return order_of(left, right) > 0;
    case FilterOp::kGreaterEqual:
      return order_of(left, right) >= 0;
    case FilterOp::kLess:
      return order_of(left, right) < 0;
    case FilterOp::kLessEqual:
      return order_of(left, right) <= 0;
    default:
      return matches_pattern(op, std::get<std::string>(left), std::get<std::string>(right));
  }
}

std::vector<std::string> elements(const Datum& list) {
  std::vector<std::string> out;
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(std::get<std::string>(list)).get(array) != simdjson::SUCCESS) return out;
  for (const auto element : array) out.push_back(simdjson::minify(element));
  return out;
}

bool list_relation(FilterOp op, const Datum& left, const Datum& right) {
  const auto mine = elements(left);
  const auto theirs = elements(right);
  const auto in = [](const std::vector<std::string>& list) {
    return [&list](const std::string& element) { return std::find(list.begin(), list.end(), element) != list.end(); };
  };
  if (op == FilterOp::kContains) return std::all_of(theirs.begin(), theirs.end(), in(mine));
  if (op == FilterOp::kContained) return std::all_of(mine.begin(), mine.end(), in(theirs));
  return std::any_of(mine.begin(), mine.end(), in(theirs));
}

bool is_text_op(FilterOp op) { return op == FilterOp::kLike || op == FilterOp::kILike || op == FilterOp::kMatch || op == FilterOp::kIMatch; }

bool orders(FilterOp op) { return op == FilterOp::kGreater || op == FilterOp::kGreaterEqual || op == FilterOp::kLess || op == FilterOp::kLessEqual; }

/// Operators that look at the column alone.
std::optional<Tri> test_alone(FilterOp op, const Datum& cell) {
  const bool null = is_null(cell);
  switch (op) {
    case FilterOp::kIsNull:
    case FilterOp::kIsUnknown:
      return Tri(null);
    case FilterOp::kIsNotNull:
      return Tri(!null);
    case FilterOp::kIsTrue:
      return Tri(!null && std::get<std::int64_t>(cell) != 0);
    case FilterOp::kIsFalse:
      return Tri(!null && std::get<std::int64_t>(cell) == 0);
    default:
      return std::nullopt;
  }
}

bool joined(const Row& left, const std::vector<ir::FieldId>& left_fields, const Row& right, const std::vector<ir::FieldId>& right_fields) {
  for (std::size_t i = 0; i < left_fields.size(); ++i) {
    const auto& a = left[left_fields[i].index()];
    const auto& b = right[right_fields[i].index()];
    if (is_null(a) || is_null(b) || a != b) return false;
  }
  return true;
}

}  // namespace

CellView view_of(const Datum& datum) {
  CellView cell;
  if (const auto* integer = std::get_if<std::int64_t>(&datum)) {
    cell.kind = CellView::Kind::kInt;
    cell.integer = *integer;
  } else if (const auto* real = std::get_if<double>(&datum)) {
    cell.kind = CellView::Kind::kReal;
    cell.real = *real;
  } else if (const auto* text = std::get_if<std::string>(&datum)) {
    cell.kind = CellView::Kind::kText;
    cell.bytes = *text;
  } else if (const auto* blob = std::get_if<Blob>(&datum)) {
    cell.kind = CellView::Kind::kBlob;
    cell.bytes = blob->bytes;
  }
  return cell;
}

bool is_null(const Datum& datum) { return std::holds_alternative<std::monostate>(datum); }

Datum json_scalar(const Datum& datum) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(std::get<std::string>(datum)).get(element) != simdjson::SUCCESS) return datum;
  if (element.is_number()) return Datum{double(element)};
  if (element.is_string()) return Datum{std::string(std::string_view(element))};
  return datum;
}

int order_of(const Datum& left, const Datum& right) {
  if (left.index() != right.index()) return left.index() < right.index() ? -1 : 1;
  if (const auto* blob = std::get_if<Blob>(&left)) return blob->bytes.compare(std::get<Blob>(right).bytes);
  if (const auto* text = std::get_if<std::string>(&left)) return text->compare(std::get<std::string>(right));
  const auto sign = [](auto a, auto b) { return a < b ? -1 : b < a ? 1 : 0; };
  if (const auto* real = std::get_if<double>(&left)) return sign(*real, std::get<double>(right));
  if (const auto* integer = std::get_if<std::int64_t>(&left)) return sign(*integer, std::get<std::int64_t>(right));
  return 0;
}

Result<Datum> encode_value(const RawValue& raw, const plan::Column& column, const ir::System& system) {
  auto value = raw;
  const bool json = column.type.scalar == ir::Scalar::kJson || column.type.scalar == ir::Scalar::kList;
  if (json && raw.kind == RawValue::Kind::kText) {
    value.kind = RawValue::Kind::kJson;
    if (column.type.scalar == ir::Scalar::kList && raw.text.starts_with('{')) {
      auto array = sql::array_literal_to_json(raw.text, column.type.element.get());
      if (!array) return fail(array.error());
      value.text = *array;
    }
  }
  return dialect::encode(value, column.type, column.storage, {&system, dialect::Database::kSqlite});
}

Result<cel::Value> Reader::evaluate(const cel::Expr& expr, const RowView& view) const {
  cel::Activation activation;
  activation.now_us = call_->now_us;
  activation.lookup = [&](const std::string& name) -> Result<cel::Value> {
    if (name == "row" || name == "new" || name == "old") return cel::Value{cel::RecordPtr(std::make_shared<RowRecord>(*this, view))};
    if (name == "auth") return cel::Value{cel::RecordPtr(std::make_shared<AuthRecord>(call_->principal))};
    return fail(ErrorKind::kInvalidArgument, "cel-unknown-name", name);
  };
  activation.has_role = [&](const std::string& role) { return call_->principal.has_role(role); };
  return cel::evaluate(expr, activation);
}

bool Reader::holds(const cel::ExprPtr& condition, const RowView& view) const {
  if (condition == nullptr) return true;
  const auto value = evaluate(*condition, view);
  const auto* truth = value ? std::get_if<bool>(&value->data) : nullptr;
  return truth != nullptr && *truth;
}

Result<Datum> Reader::column(const plan::Column& column, const RowView& view) const {
  if (!holds(column.visible_if, view)) return Datum{};
  Datum datum;
  if (column.expression == nullptr) {
    datum = (*view.row)[column.field.index()];
  } else if (const auto value = evaluate(*column.expression, view)) {
    auto encoded = dialect::encode(*value, column.type, column.storage, {&system(), dialect::Database::kSqlite});
    if (!encoded) return encoded;
    datum = std::move(*encoded);
  }
  if (!column.steps.empty() && !is_null(datum)) {
    auto inner = json_at(std::get<std::string>(datum), column);
    if (!inner) return inner;
    datum = std::move(*inner);
  }
  return column.cast.empty() ? Result<Datum>(std::move(datum)) : cast(datum, column);
}

Result<Datum> Reader::client_value(const Predicate& predicate, const RawValue& raw) const {
  if (is_text_op(predicate.op)) return Datum{raw.text};
  return encode_value(raw, predicate.column, system());
}

Result<Tri> Reader::compare(const Predicate& predicate, const RowView& view) const {
  auto cell = column(predicate.column, view);
  if (!cell) return fail(cell.error());
  if (const auto alone = test_alone(predicate.op, *cell)) return *alone;
  const bool json_order = predicate.column.type.scalar == ir::Scalar::kJson && orders(predicate.op) && !is_null(*cell);
  if (json_order) *cell = json_scalar(*cell);
  const bool listed = predicate.op == FilterOp::kIn || predicate.quantifier != Quantifier::kNone;
  if (listed) {
    const auto op = predicate.op == FilterOp::kIn ? FilterOp::kEqual : predicate.op;
    const bool all = predicate.quantifier == Quantifier::kAll;
    bool result = all;
    for (const auto& raw : call_->request.lists.at(predicate.value.index)) {
      const auto value = client_value(predicate, raw);
      if (!value) return fail(value.error());
      if (is_null(*cell)) continue;
      const bool one = compare_once(op, *cell, *value);
      result = all ? result && one : result || one;
    }
    const bool empty = call_->request.lists.at(predicate.value.index).empty();
    if (is_null(*cell)) return empty ? Tri(all) : Tri();
    return Tri(result);
  }
  auto value = client_value(predicate, call_->request.values.at(predicate.value.index));
  if (!value) return fail(value.error());
  if (json_order) *value = json_scalar(*value);
  if (predicate.op == FilterOp::kIsDistinct) return Tri(is_null(*cell) || order_of(*cell, *value) != 0);
  if (is_null(*cell)) return Tri();
  if (predicate.op == FilterOp::kContains || predicate.op == FilterOp::kContained || predicate.op == FilterOp::kOverlaps) {
    if (predicate.column.type.scalar != ir::Scalar::kList) return fail(ErrorKind::kUnimplemented, "PGRST127", "the oracle knows lists alone");
    return Tri(list_relation(predicate.op, *cell, *value));
  }
  return Tri(compare_once(predicate.op, *cell, *value));
}

Result<Tri> Reader::test(const Predicate& predicate, const RowView& view) const {
  switch (predicate.kind) {
    case PredicateKind::kTrue:
      return Tri(true);
    case PredicateKind::kFalse:
      return Tri(false);
    case PredicateKind::kCompare:
      return compare(predicate, view);
    case PredicateKind::kPolicy:
      return Tri(holds(predicate.expression, view));
    case PredicateKind::kNot: {
      const auto inner = test(predicate.children.front(), view);
      if (!inner) return inner;
      return negate(*inner);
    }
    case PredicateKind::kExists: {
      for (const auto& one : related(predicate.relation, view)) {
        const auto kept = keep(predicate.children[0], predicate.children[1], one);
        if (!kept) return fail(kept.error());
        if (*kept) return Tri(true);
      }
      return Tri(false);
    }
    case PredicateKind::kKeyset:
      return Tri(true);  // the page of a root is cut where its order is known
    case PredicateKind::kAnd:
    case PredicateKind::kOr:
      break;
  }
  const bool all = predicate.kind == PredicateKind::kAnd;
  bool unknown = false;
  for (const auto& child : predicate.children) {
    const auto one = test(child, view);
    if (!one) return one;
    if (!one->has_value()) {
      unknown = true;
    } else if (**one != all) {
      return Tri(!all);
    }
  }
  return unknown ? Tri() : Tri(all);
}

std::vector<Reader::Related> Reader::related(ir::RelationId id, const RowView& view) const {
  const auto& relation = system().relation(id);
  std::vector<Related> out;
  if (relation.kind != ir::RelationKind::kManyToMany) {
    for (const auto& row : database_->rows(relation.to)) {
      if (joined(*view.row, relation.from_fields, row, relation.to_fields)) out.push_back({{relation.to, &row}, {}});
    }
    return out;
  }
  for (const auto& link : database_->rows(relation.through)) {
    if (!joined(*view.row, relation.from_fields, link, relation.through_from)) continue;
    for (const auto& row : database_->rows(relation.to)) {
      if (joined(link, relation.through_to, row, relation.to_fields)) out.push_back({{relation.to, &row}, {relation.through, &link}});
    }
  }
  return out;
}

Result<bool> Reader::keep(const Predicate& where, const Predicate& through, const Related& one) const {
  const auto kept = test(where, one.row);
  if (!kept) return fail(kept.error());
  if (*kept != Tri(true)) return false;
  if (one.through.row == nullptr) return true;
  const auto linked = test(through, one.through);
  if (!linked) return fail(linked.error());
  return *linked == Tri(true);
}

}  // namespace kingpost::oracle
