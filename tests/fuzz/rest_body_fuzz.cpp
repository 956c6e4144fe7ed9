#include <algorithm>

#include "kingpost/protocol/rest/body.hpp"
#include "require.hpp"

namespace {

using kingpost::Limits;
using kingpost::RawRows;
using kingpost::RawValue;
using kingpost::request::Request;

void check_rows(const RawRows& rows, const Limits& limits) {
  require(static_cast<std::int64_t>(rows.row_count) <= limits.bulk_rows);
  require(rows.cells.size() == rows.row_count * rows.columns.size());
  for (const RawValue& cell : rows.cells) {
    require(cell.kind != RawValue::Kind::kText || cell.text.find('\0') == std::string::npos);
    require(cell.kind != RawValue::Kind::kBool || cell.text == "true" || cell.text == "false");
    require(cell.kind != RawValue::Kind::kJson || (!cell.text.empty() && (cell.text[0] == '{' || cell.text[0] == '[')));
    require(cell.kind != RawValue::Kind::kNumber || !cell.text.empty());
  }
  // Repeated columns would let one value hide another.
  for (auto name = rows.columns.begin(); name != rows.columns.end(); ++name) require(std::find(rows.columns.begin(), name, *name) == name);
}

}  // namespace

// A body is refused with a code, or becomes rows of equal width within the bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body = input_text(data, size);
  Limits limits;
  limits.json_depth = 8;
  limits.bulk_rows = 6;
  Request free;
  const auto parsed = kingpost::protocol::rest::parse_json_rows(body, limits, free);
  if (parsed) {
    check_rows(free.rows, limits);
  } else {
    require(!parsed.error().code.empty());
  }
  Request named;
  named.has_columns = true;
  named.columns = {"a", "b", "name"};
  if (kingpost::protocol::rest::parse_json_rows(body, limits, named)) {
    check_rows(named.rows, limits);
    require(named.rows.columns.size() == 3);
  }
  const auto values = kingpost::protocol::rest::parse_json_values(body);
  require(values.has_value() || !values.error().code.empty());
  return 0;
}
