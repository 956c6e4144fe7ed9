#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kingpost {

/// Raw bytes, told apart from text.
struct Blob {
  std::string bytes;
  friend bool operator==(const Blob&, const Blob&) = default;
};

/// A value as a database stores and returns it. What a logical type looks like as a Datum is its storage codec's business.
using Datum = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

/// A stored value seen in place: no ownership, valid as long as whoever handed it out says.
struct CellView {
  enum class Kind : std::uint8_t { kNull, kInt, kReal, kText, kBlob };
  Kind kind = Kind::kNull;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view bytes;
};

/// A value as a client sent it, before its type is known. `text` is the decoded text; for kJson the exact JSON text of an object,
/// array or (where the target is a json column) any other value; for kNumber the number as written.
struct RawValue {
  enum class Kind : std::uint8_t { kAbsent, kNull, kBool, kNumber, kText, kJson };
  Kind kind = Kind::kText;
  std::string text;
};

/// Rows as a client sent them: one RawValue per column and row, row-major. kAbsent: the row lacks that key.
struct RawRows {
  std::vector<std::string> columns;
  std::vector<RawValue> cells;
  std::size_t row_count = 0;

  [[nodiscard]] const RawValue& cell(std::size_t row, std::size_t column) const { return cells[row * columns.size() + column]; }
};

}  // namespace kingpost
