#include "kingpost/protocol/rest/cursor.hpp"

#include "kingpost/base/text.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/protocol/rest/body.hpp"

namespace kingpost::protocol::rest {

std::string encode_cursor(const plan::ResultLayout& layout, const plan::RowSet& rows, std::size_t row, dialect::Database database) {
  std::string json = "[";
  for (std::size_t at = 0; at < layout.cursor_columns.size(); ++at) {
    if (at != 0) json += ',';
    const plan::ResultColumn& column = layout.cursor_types[at];
    dialect::append_json(json, rows.at(row, layout.cursor_columns[at]).view(), column.type, column.storage, database);
  }
  json += ']';
  return encode_base64url(json);
}

Result<std::vector<RawValue>> decode_cursor(std::string_view text) {
  Error error = make_error(ErrorKind::kInvalidArgument, "kp-cursor", "the cursor is not one that this server gave out");
  error.hint = "Take the cursor from the Link header of the page before.";
  const auto json = decode_base64url(text);
  if (!json) return fail(std::move(error));
  auto values = parse_json_values(*json);
  if (!values) return fail(std::move(error));
  return values;
}

}  // namespace kingpost::protocol::rest
