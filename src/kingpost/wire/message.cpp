#include "kingpost/wire/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kingpost/wire/http1_rules.hpp"

namespace kingpost::wire {

std::string HeaderList::joined(std::string_view lower_name) const {
  std::string all;
  bool first = true;
  for (const HeaderField& field : fields_) {
    if (field.name == lower_name) {
      if (!first) {
        all += ", ";
      }
      first = false;
      all += field.value;
    }
  }
  return all;
}

bool HttpResponse::add_header(std::string_view name, std::string_view value) {
  static constexpr std::array<std::string_view, 5> kOwn = {"content-length", "transfer-encoding", "connection", "date", "keep-alive"};
  if (!is_token(name) || !is_field_value(value)) {
    return false;
  }
  if (std::any_of(kOwn.begin(), kOwn.end(), [name](std::string_view own) { return equal_ignoring_case(own, name); })) {
    return false;
  }
  headers.append(name).append(": ").append(value).append("\r\n");
  return true;
}

std::string_view reason_phrase(int status) noexcept {
  struct Row {
    int status;
    std::string_view phrase;
  };
  static constexpr std::array<Row, 41> kRows = {{{200, "OK"},
                                                 {201, "Created"},
                                                 {202, "Accepted"},
                                                 {204, "No Content"},
                                                 {206, "Partial Content"},
                                                 {300, "Multiple Choices"},
                                                 {301, "Moved Permanently"},
                                                 {302, "Found"},
                                                 {303, "See Other"},
                                                 {304, "Not Modified"},
                                                 {307, "Temporary Redirect"},
                                                 {308, "Permanent Redirect"},
                                                 {400, "Bad Request"},
                                                 {401, "Unauthorized"},
                                                 {403, "Forbidden"},
                                                 {404, "Not Found"},
                                                 {405, "Method Not Allowed"},
                                                 {406, "Not Acceptable"},
                                                 {408, "Request Timeout"},
                                                 {409, "Conflict"},
                                                 {410, "Gone"},
                                                 {411, "Length Required"},
                                                 {412, "Precondition Failed"},
                                                 {413, "Content Too Large"},
                                                 {414, "URI Too Long"},
                                                 {415, "Unsupported Media Type"},
                                                 {416, "Range Not Satisfiable"},
                                                 {417, "Expectation Failed"},
                                                 {421, "Misdirected Request"},
                                                 {422, "Unprocessable Content"},
                                                 {425, "Too Early"},
                                                 {426, "Upgrade Required"},
                                                 {428, "Precondition Required"},
                                                 {429, "Too Many Requests"},
                                                 {431, "Request Header Fields Too Large"},
                                                 {500, "Internal Server Error"},
                                                 {501, "Not Implemented"},
                                                 {503, "Service Unavailable"},
                                                 {504, "Gateway Timeout"},
                                                 {505, "HTTP Version Not Supported"},
                                                 {507, "Insufficient Storage"}}};
  const auto* const row = std::find_if(kRows.begin(), kRows.end(), [status](const Row& candidate) { return candidate.status == status; });
  return row == kRows.end() ? std::string_view("Unknown") : row->phrase;
}

std::string problem_body(int status, std::string_view code, std::string_view message) {
  return fmt::format(
      "{{\"type\":\"about:blank\",\"title\":\"{}\",\"status\":{},\"detail\":\"{}\",\"instance\":null,"
      "\"code\":\"{}\",\"message\":\"{}\",\"details\":null,\"hint\":null}}",
      reason_phrase(status), status, message, code, message);
}

}  // namespace kingpost::wire
