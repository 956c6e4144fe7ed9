#include "kingpost/cel/regex.hpp"

#include <re2/re2.h>

#include <memory>

namespace kingpost::cel {

namespace {

/// A compiled pattern may use this much; larger ones are refused.
constexpr std::int64_t kMaxPatternBytes = 1 << 20;

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxPatternBytes);
  return options;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::optional<std::string> regex_error(std::string_view pattern) {
  const RE2 compiled(piece(pattern), options());
  if (compiled.ok()) return std::nullopt;
  return compiled.error();
}

Result<bool> regex_match(std::string_view text, std::string_view pattern) {
  const RE2 compiled(piece(pattern), options());
  if (!compiled.ok()) return fail(ErrorKind::kInvalidArgument, "cel-regex", "the pattern is not an RE2 pattern: " + compiled.error());
  return RE2::PartialMatch(piece(text), compiled);
}

}  // namespace kingpost::cel
