#include "kingpost/protocol/status.hpp"

#include <array>
#include <utility>

#include "kingpost/base/text.hpp"

namespace kingpost::protocol {

namespace {

/// Exact codes first, then prefixes; the longest match wins by order.
constexpr std::array kByCode = std::to_array<std::pair<std::string_view, int>>({
    {"PGRST000", 503}, {"PGRST001", 503}, {"PGRST002", 503},  {"PGRST003", 504},
    {"PGRST100", 400}, {"PGRST101", 405}, {"PGRST102", 400},  {"PGRST103", 416},
    {"PGRST105", 405}, {"PGRST106", 406}, {"PGRST107", 406},  {"PGRST116", 406},
    {"PGRST117", 405}, {"PGRST125", 404}, {"PGRST126", 404},  {"PGRST201", 300},
    {"PGRST202", 404}, {"PGRST203", 300}, {"PGRST205", 404},  {"PGRST300", 500},
    {"PGRST301", 401}, {"PGRST302", 401}, {"PGRST303", 401},  {"PGRSTX00", 500},
    {"PGRST", 400},    {"23503", 409},    {"23505", 409},     {"42P01", 404},
    {"42883", 404},    {"25006", 405},    {"40001", 503},     {"40P01", 503},
    {"55P03", 503},    {"57014", 504},    {"53100", 507},     {"P0001", 400},
    {"28", 403},       {"0L", 403},       {"0P", 403},        {"08", 503},
    {"53", 503},       {"54", 500},       {"55", 500},        {"57", 500},
    {"58", 500},       {"XX", 500},       {"P0", 500},        {"40", 500},
    {"23", 400},       {"25", 500},       {"kp-limit-", 400}, {"kp-database-missing", 503},
});

int status_of_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument:
    case ErrorKind::kOutOfRange:
      return 400;
    case ErrorKind::kUnauthenticated:
      return 401;
    case ErrorKind::kPermissionDenied:
      return 403;
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kAlreadyExists:
    case ErrorKind::kAborted:
      return 409;
    case ErrorKind::kFailedPrecondition:
      return 412;
    case ErrorKind::kResourceExhausted:
      return 429;
    case ErrorKind::kUnimplemented:
      return 501;
    case ErrorKind::kUnavailable:
      return 503;
    case ErrorKind::kDeadlineExceeded:
      return 504;
    case ErrorKind::kCancelled:
    case ErrorKind::kInternal:
    case ErrorKind::kDataLoss:
      return 500;
  }
  return 500;
}

std::string_view title_of(int status) {
  switch (status) {
    case 300:
      return "Ambiguous";
    case 400:
      return "Bad request";
    case 401:
      return "Not authenticated";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed";
    case 406:
      return "Not acceptable";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition failed";
    case 413:
      return "Too large";
    case 415:
      return "Unsupported media type";
    case 416:
      return "Range not satisfiable";
    case 422:
      return "Unprocessable";
    case 428:
      return "Precondition required";
    case 429:
      return "Too many requests";
    case 501:
      return "Not implemented";
    case 503:
      return "Unavailable";
    case 504:
      return "Timeout";
    case 507:
      return "Out of storage";
    default:
      return "Internal error";
  }
}

void append_optional(std::string& out, std::string_view key, const std::optional<std::string>& value) {
  out += key;
  if (value) {
    append_json_string(out, *value);
  } else {
    out += "null";
  }
}

}  // namespace

int http_status(const Error& error) {
  if (error.http_status != 0) return error.http_status;
  if (error.code == "42501") return error.kind == ErrorKind::kUnauthenticated ? 401 : 403;
  for (const auto& [prefix, status] : kByCode) {
    if (error.code.starts_with(prefix) && (prefix.size() != 2 || error.code.size() == 5)) return status;
  }
  return status_of_kind(error.kind);
}

std::string print_problem(const Error& error, int status, std::string_view instance) {
  std::string out = R"({"type":"about:blank","title":)";
  append_json_string(out, title_of(status));
  out += ",\"status\":" + std::to_string(status) + ",\"detail\":";
  append_json_string(out, error.message);
  out += ",\"instance\":";
  append_json_string(out, instance);
  out += ",\"code\":";
  append_json_string(out, error.code);
  out += ",\"message\":";
  append_json_string(out, error.message);
  append_optional(out, ",\"details\":", error.details);
  append_optional(out, ",\"hint\":", error.hint);
  if (!error.errors.empty()) {
    out += ",\"errors\":[";
    for (const FieldError& field : error.errors) {
      if (out.back() != '[') out += ',';
      out += "{\"pointer\":";
      append_json_string(out, field.pointer);
      out += ",\"code\":";
      append_json_string(out, field.code);
      out += ",\"detail\":";
      append_json_string(out, field.detail);
      out += '}';
    }
    out += ']';
  }
  out += '}';
  return out;
}

}  // namespace kingpost::protocol
