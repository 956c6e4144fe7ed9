#include "kingpost/sql/array_literal.hpp"

#include "kingpost/base/text.hpp"

namespace kingpost::sql {
namespace {

bool is_bare(const ir::LogicalType* element) {
  if (element == nullptr) return false;
  switch (element->scalar) {
    case ir::Scalar::kBool:
    case ir::Scalar::kInt64:
    case ir::Scalar::kInt32:
    case ir::Scalar::kDecimal:
    case ir::Scalar::kFloat:
    case ir::Scalar::kJson:
      return true;
    default:
      return false;
  }
}

tl::unexpected<Error> malformed() { return fail(ErrorKind::kInvalidArgument, "22P02", "malformed array literal"); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// One element from `at`, which ends behind it. `quoted` tells "NULL" from NULL.
bool read_element(std::string_view text, std::size_t& at, std::string& out, bool& quoted) {
  out.clear();
  while (at < text.size() && text[at] == ' ') ++at;
  quoted = at < text.size() && text[at] == '"';
  if (!quoted) {
    const auto end = text.find_first_of(",{}\"", at);
    const auto piece = trim(text.substr(at, end == std::string_view::npos ? end : end - at));
    at = end == std::string_view::npos ? text.size() : end;
    out = piece;
    return !piece.empty() && (end == std::string_view::npos || text[end] == ',');
  }
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') {
      ++at;
      while (at < text.size() && text[at] == ' ') ++at;
      return at == text.size() || text[at] == ',';
    }
    if (text[at] == '\\' && ++at == text.size()) return false;
    out += text[at];
  }
  return false;
}

}  // namespace

Result<std::string> array_literal_to_json(std::string_view text, const ir::LogicalType* element) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return malformed();
  text = trim(text.substr(1, text.size() - 2));
  std::string json = "[";
  std::string piece;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!read_element(text, at, piece, quoted)) return malformed();
    if (json.size() > 1) json += ',';
    if (!quoted && (piece == "NULL" || piece == "null")) {
      json += "null";
    } else if (is_bare(element)) {
      json += piece;
    } else {
      append_json_string(json, piece);
    }
    if (at + 1 == text.size()) return malformed();
  }
  return json + "]";
}

}  // namespace kingpost::sql
