#include "kingpost/protocol/rest/prefer.hpp"

namespace kingpost::protocol::rest {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Applies one preference; false when it is unknown.
bool apply(Preferences& out, std::string_view word) {
  if (word == "return=representation" || word == "return=minimal" || word == "return=headers-only") {
    if (out.has_return) return true;
    out.has_return = true;
    out.returning = word == "return=representation" ? request::ReturnMode::kRepresentation
                    : word == "return=minimal"      ? request::ReturnMode::kMinimal
                                                    : request::ReturnMode::kHeadersOnly;
  } else if (word == "count=exact" || word == "count=planned" || word == "count=estimated") {
    if (out.has_count) return true;
    out.has_count = true;
    out.count = word == "count=exact"     ? request::CountMode::kExact
                : word == "count=planned" ? request::CountMode::kPlanned
                                          : request::CountMode::kEstimated;
  } else if (word == "resolution=merge-duplicates" || word == "resolution=ignore-duplicates") {
    if (out.resolution != request::Resolution::kNone) return true;
    out.resolution = word == "resolution=merge-duplicates" ? request::Resolution::kMerge : request::Resolution::kIgnore;
  } else if (word == "missing=default" || word == "missing=null") {
    if (out.has_missing) return true;
    out.has_missing = true;
    out.missing_default = word == "missing=default";
  } else if (word == "handling=strict" || word == "handling=lenient") {
    out.strict = word == "handling=strict";
  } else {
    return false;
  }
  if (!out.applied.empty()) out.applied += ", ";
  out.applied += word;
  return true;
}

}  // namespace

Result<Preferences> parse_prefer(std::string_view text) {
  Preferences out;
  std::string unknown;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view word = trim(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    if (word.empty() || apply(out, word)) continue;
    if (!unknown.empty()) unknown += ", ";
    unknown += word;
  }
  if (out.strict && !unknown.empty()) {
    Error error = make_error(ErrorKind::kInvalidArgument, "PGRST122", "Invalid preferences given with handling=strict");
    error.details = "Invalid preferences: " + unknown.substr(0, 200);
    return fail(std::move(error));
  }
  return out;
}

}  // namespace kingpost::protocol::rest
