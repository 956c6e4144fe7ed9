#include "reads.hpp"

#include <algorithm>
#include <utility>

#include "kingpost/base/text.hpp"
#include "kingpost/dialect/codec.hpp"

namespace kingpost::oracle {
namespace {

using plan::Level;

struct Sortable {
  RowView row;
  std::vector<Datum> order;
};

class LevelReader {
 public:
  explicit LevelReader(const Reader& reader) : reader_(reader) {}

  Result<std::vector<Sortable>> page(const Level& level, const std::vector<RowView>& rows, bool root);
  Result<void> object(const Level& level, const RowView& row, std::string& out);
  Result<void> members(const Level& level, const RowView* row, std::string& out, bool& first);

 private:
  Result<void> embed(const plan::Output& output, const Level& child, const RowView* row, std::string& out, bool& first);
  Result<std::vector<RowView>> children(const Level& child, const RowView& row);
  Result<Datum> order_cell(const Level& level, const plan::Order& order, const RowView& row);
  Result<bool> after_cursor(const Level& level, const std::vector<Datum>& order);

  const Reader& reader_;
};

/// As ORDER BY with the place of null said: negative = before.
int place(const plan::Order& term, const Datum& left, const Datum& right) {
  if (is_null(left) || is_null(right)) {
    if (is_null(left) == is_null(right)) return 0;
    return is_null(left) == term.nulls_first ? -1 : 1;
  }
  const int order = order_of(left, right);
  return term.descending ? -order : order;
}

int place(const Level& level, const std::vector<Datum>& left, const std::vector<Datum>& right) {
  for (std::size_t i = 0; i < level.order.size(); ++i) {
    if (const int one = place(level.order[i], left[i], right[i]); one != 0) return one;
  }
  return 0;
}

Result<Datum> LevelReader::order_cell(const Level& level, const plan::Order& order, const RowView& row) {
  if (order.embed == plan::kNoEmbed) return reader_.column(order.column, row);
  const auto found = children(level.embeds[order.embed], row);
  if (!found) return fail(found.error());
  if (found->empty()) return Datum{};
  return reader_.column(order.column, found->front());
}

Result<bool> LevelReader::after_cursor(const Level& level, const std::vector<Datum>& order) {
  std::vector<Datum> cursor;
  if (reader_.call().request.cursor.size() < level.order.size()) return fail(ErrorKind::kInvalidArgument, "kp-cursor", "the cursor is too short");
  for (std::size_t i = 0; i < level.order.size(); ++i) {
    auto value = encode_value(reader_.call().request.cursor.at(i), level.order[i].column, reader_.system());
    if (!value) return fail(value.error());
    cursor.push_back(std::move(*value));
  }
  return place(level, order, cursor) > 0;
}

Result<std::vector<Sortable>> LevelReader::page(const Level& level, const std::vector<RowView>& rows, bool root) {
  std::vector<Sortable> kept;
  for (const auto& row : rows) {
    Sortable one{row, {}};
    for (const auto& order : level.order) {
      auto cell = order_cell(level, order, row);
      if (!cell) return fail(cell.error());
      const bool json = order.column.type.scalar == ir::Scalar::kJson && !is_null(*cell);
      one.order.push_back(json ? json_scalar(*cell) : std::move(*cell));
    }
    if (root && reader_.call().request.has_cursor) {
      const auto after = after_cursor(level, one.order);
      if (!after) return fail(after.error());
      if (!*after) continue;
    }
    kept.push_back(std::move(one));
  }
  std::stable_sort(kept.begin(), kept.end(), [&](const Sortable& a, const Sortable& b) { return place(level, a.order, b.order) < 0; });
  const auto begin = std::min<std::uint64_t>(level.offset, kept.size());
  kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(begin));
  if (level.limit && kept.size() > *level.limit) kept.resize(static_cast<std::size_t>(*level.limit));
  return kept;
}

Result<std::vector<RowView>> LevelReader::children(const Level& child, const RowView& row) {
  std::vector<RowView> out;
  for (const auto& one : reader_.related(child.relation, row)) {
    const auto kept = reader_.keep(child.where, child.through_where, one);
    if (!kept) return fail(kept.error());
    if (*kept) out.push_back(one.row);
  }
  return out;
}

void begin_member(const std::string& name, std::string& out, bool& first) {
  if (!first) out += ',';
  first = false;
  append_json_string(out, name);
  out += ':';
}

Result<void> LevelReader::embed(const plan::Output& output, const Level& child, const RowView* row, std::string& out, bool& first) {
  const bool to_one = reader_.system().relation(child.relation).kind == ir::RelationKind::kToOne;
  std::vector<RowView> rows;
  if (row != nullptr) {
    auto found = children(child, *row);
    if (!found) return fail(found.error());
    rows = std::move(*found);
  }
  if (child.spread) return members(child, rows.empty() ? nullptr : &rows.front(), out, first);
  begin_member(output.name, out, first);
  if (to_one && rows.empty()) {
    out += "null";
    return {};
  }
  if (to_one) return object(child, rows.front(), out);
  const auto sorted = page(child, rows, false);
  if (!sorted) return fail(sorted.error());
  out += '[';
  for (const auto& one : *sorted) {
    if (out.back() != '[') out += ',';
    if (auto done = object(child, one.row, out); !done) return done;
  }
  out += ']';
  return {};
}

Result<void> LevelReader::members(const Level& level, const RowView* row, std::string& out, bool& first) {
  for (const auto& output : level.outputs) {
    if (output.kind == plan::OutputKind::kEmbed) {
      if (auto done = embed(output, level.embeds[output.embed], row, out, first); !done) return done;
      continue;
    }
    begin_member(output.name, out, first);
    if (row == nullptr) {
      out += "null";
      continue;
    }
    const auto cell = reader_.column(output.column, *row);
    if (!cell) return fail(cell.error());
    dialect::append_json(out, view_of(*cell), output.column.type, output.column.storage, dialect::Database::kSqlite);
  }
  return {};
}

Result<void> LevelReader::object(const Level& level, const RowView& row, std::string& out) {
  out += '{';
  bool first = true;
  if (auto done = members(level, &row, out, first); !done) return done;
  out += '}';
  return {};
}

}  // namespace

Result<std::string> read_root(const Reader& reader, const plan::Plan& plan, const std::vector<RowView>& candidates) {
  const auto& level = *plan.read;
  LevelReader levels(reader);
  std::vector<RowView> rows;
  for (const auto& row : candidates) {
    const auto kept = reader.test(level.where, row);
    if (!kept) return fail(kept.error());
    if (*kept == std::optional<bool>(true)) rows.push_back(row);
  }
  const auto sorted = levels.page(level, rows, true);
  if (!sorted) return fail(sorted.error());
  if (plan.singular && sorted->size() != 1) {
    auto error = make_error(ErrorKind::kInvalidArgument, "PGRST116", "Cannot coerce the result to a single JSON object");
    error.http_status = 406;
    return fail(std::move(error));
  }
  std::string out = plan.singular ? "" : "[";
  for (const auto& one : *sorted) {
    if (out.size() > 1) out += ',';
    if (auto done = levels.object(level, one.row, out); !done) return fail(done.error());
  }
  if (!plan.singular) out += ']';
  return out;
}

}  // namespace kingpost::oracle
