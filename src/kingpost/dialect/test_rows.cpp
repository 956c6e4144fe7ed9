#include "kingpost/dialect/test_rows.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <utility>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/dialect/codec.hpp"

namespace kingpost::dialect {

using ir::Scalar;

namespace {

class TestRecord final : public cel::Record {
 public:
  TestRecord(const TestRows& rows, ir::EntityId entity, std::size_t row) : rows_(rows), entity_(entity), row_(row) {}

  [[nodiscard]] Result<cel::Value> field(const std::string& name) const override {
    const auto& entity = rows_.system().entity(entity_);
    for (const auto id : entity.relations) {
      const auto& relation = rows_.system().relation(id);
      if (relation.name == name) return related(relation);
    }
    const auto id = entity.find_field(name);
    if (!id.valid()) return fail(ErrorKind::kInternal, "test", "no field " + name);
    const auto& field = entity.field(id);
    if (field.computed != nullptr) {
      cel::Activation activation;
      activation.lookup = [this](const std::string&) { return Result<cel::Value>(cel::Value{rows_.record(entity_, row_)}); };
      return cel::evaluate(*field.computed, activation);
    }
    return decode(view_of(cell(id)), field.type, field.storage, rows_.database());
  }
  [[nodiscard]] Result<cel::Value> key() const override { return cel::Value{TestRows::key(entity_, row_)}; }

 private:
  [[nodiscard]] const Datum& cell(ir::FieldId field) const { return rows_.stored(entity_)[row_][field.index()]; }

  [[nodiscard]] Result<cel::Value> related(const ir::Relation& relation) const {
    std::vector<cel::Value> found;
    const auto& mine = cell(relation.from_fields[0]);
    if (!std::holds_alternative<std::monostate>(mine)) {
      for (std::size_t row = 0; row < rows_.size(relation.to); ++row) {
        const auto& other = rows_.stored(relation.to)[row][relation.to_fields[0].index()];
        for (std::size_t i = 0; i < matches(relation, mine, other); ++i) found.push_back(cel::Value{rows_.record(relation.to, row)});
      }
    }
    if (relation.kind != ir::RelationKind::kToOne) return cel::Value{std::make_shared<const std::vector<cel::Value>>(std::move(found))};
    return found.empty() ? cel::Value{} : found.front();
  }

  [[nodiscard]] std::size_t matches(const ir::Relation& relation, const Datum& mine, const Datum& other) const {
    if (relation.kind != ir::RelationKind::kManyToMany) return mine == other ? 1 : 0;
    std::size_t count = 0;
    for (const auto& row : rows_.stored(relation.through)) {
      if (row[relation.through_from[0].index()] == mine && row[relation.through_to[0].index()] == other) ++count;
    }
    return count;
  }

  const TestRows& rows_;
  ir::EntityId entity_;
  std::size_t row_;
};

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

Uuid TestRows::key(ir::EntityId entity, std::size_t row) {
  Uuid uuid;
  uuid.bytes[0] = 1;
  uuid.bytes[14] = static_cast<std::uint8_t>(entity.value);
  uuid.bytes[15] = static_cast<std::uint8_t>(row);
  return uuid;
}

TestRows::TestRows(const ir::System& system, Database database, unsigned seed, std::size_t rows)
    : system_(system), database_(database), random_(seed), rows_(rows) {
  for (const auto& entity : system.entities) {
    auto& table = tables_.emplace_back();
    for (std::size_t row = 0; row < rows; ++row) {
      auto& cells = table.emplace_back();
      for (const auto& field : entity.fields) cells.push_back(generate(entity, field, row));
    }
  }
}

cel::RecordPtr TestRows::record(ir::EntityId entity, std::size_t row) const { return std::make_shared<const TestRecord>(*this, entity, row); }

Datum TestRows::generate(const ir::Entity& entity, const ir::Field& field, std::size_t row) {
  const auto below = [this](std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); };
  if (!field.stored()) return {};
  const auto put = [&](RawValue::Kind kind, std::string text) {
    const EncodeContext context{&system_, database_};
    auto datum = encode(RawValue{kind, std::move(text)}, field.type, field.storage, context);
    return datum ? std::move(*datum) : Datum();
  };
  if (field.nullable && below(3) == 0) return {};
  if (field.name == "id") return put(RawValue::Kind::kText, print_uuid(key(entity.id, row)));
  constexpr std::array<const char*, 8> kTexts = {"a", "b", "x", "core", "a%b", "abc'd", "\xc3\xa4_b", ""};
  constexpr std::array<std::int64_t, 9> kIntegers = {
      0, 1, 2, 3, -1, 7, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(), 4611686018427387905};
  constexpr std::array<const char*, 6> kDecimals = {"0", "1.5", "10", "11", "-2.25", "1.65"};
  constexpr std::array<const char*, 4> kTimes = {"2024-01-31T12:00:00Z", "2024-01-01T00:00:00.25Z", "2023-12-01T10:20:30Z", "1969-12-31T23:59:59Z"};
  switch (field.type.scalar) {
    case Scalar::kBool:
      return put(RawValue::Kind::kBool, below(2) == 0 ? "true" : "false");
    case Scalar::kInt64:
      return put(RawValue::Kind::kNumber, std::to_string(kIntegers[below(kIntegers.size())]));
    case Scalar::kInt32:
      return put(RawValue::Kind::kNumber, std::to_string(below(5)));
    case Scalar::kDecimal:
      return put(RawValue::Kind::kNumber, kDecimals[below(kDecimals.size())]);
    case Scalar::kFloat:
      return put(RawValue::Kind::kNumber, fmt::format("{}", static_cast<double>(below(9)) / 4));
    case Scalar::kUuid: {
      const auto target = field.relation.valid() ? system_.relation(field.relation).to : ir::EntityId{1};
      return put(RawValue::Kind::kText, print_uuid(key(target, below(rows_))));
    }
    case Scalar::kDate:
      return put(RawValue::Kind::kText, below(2) == 0 ? "2024-02-29" : "2023-01-01");
    case Scalar::kTimestamp:
      return put(RawValue::Kind::kText, kTimes[below(kTimes.size())]);
    case Scalar::kDuration:
      return put(RawValue::Kind::kText, below(2) == 0 ? "90m" : "800h");
    case Scalar::kEnum:
      return put(RawValue::Kind::kText, below(2) == 0 ? "open" : "closed");
    default:
      return put(RawValue::Kind::kText, kTexts[below(kTexts.size())]);
  }
}

std::string TestRows::insert(ir::EntityId id, std::size_t row) const {
  const auto& entity = system_.entity(id);
  std::string columns;
  std::string values;
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    const auto& field = entity.fields[i];
    if (!field.stored()) continue;
    columns += (columns.empty() ? "" : ", ") + quote_name(field.column);
    values += (values.empty() ? "" : ", ") + print_literal(tables_[id.index()][row][i], field.type, field.storage, database_);
  }
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", quote_name(entity.table), columns, values);
}

}  // namespace kingpost::dialect
