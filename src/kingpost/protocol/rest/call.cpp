#include "kingpost/protocol/rest/call.hpp"

#include <charconv>

#include "kingpost/base/text.hpp"
#include "kingpost/protocol/rest/body.hpp"
#include "kingpost/protocol/rest/query.hpp"

namespace kingpost::protocol::rest {

using request::Operation;

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Media types and codings are compared without regard to case (RFC 9110 §8.3.1, §8.4.1).
std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& letter : out) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return out;
}

Result<Operation> operation_of(std::string_view method) {
  if (method == "GET" || method == "HEAD") return Operation::kRead;
  if (method == "POST") return Operation::kInsert;
  if (method == "PATCH") return Operation::kUpdate;
  if (method == "DELETE") return Operation::kDelete;
  Error error = make_error(ErrorKind::kUnimplemented, "PGRST117", "Unsupported HTTP method: " + std::string(method.substr(0, 20)));
  error.hint = "A table answers GET, HEAD, POST, PATCH, DELETE and OPTIONS.";
  return fail(std::move(error));
}

tl::unexpected<Error> stripping_unsupported() { return fail(ErrorKind::kInvalidArgument, "PGRST127", "stripping nulls is not supported"); }

/// What Accept asks for: JSON, or one object. The first acceptable range wins.
Result<void> read_accept(std::string_view accept, Call& call) {
  if (accept.empty()) return {};
  std::string_view rest = accept;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    std::string_view range = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const std::string type = lower_case(trim(range.substr(0, range.find(';'))));
    if (type == "*/*" || type == "application/*" || type == "application/json" || (call.root && type == "application/openapi+json") ||
        type == "application/vnd.pgrst.array+json") {
      if (range.find("nulls=stripped") != std::string_view::npos) return stripping_unsupported();
      return {};
    }
    if (type == "application/vnd.pgrst.object+json" || type == "application/vnd.pgrst.object") {
      if (range.find("nulls=stripped") != std::string_view::npos) return stripping_unsupported();
      call.request.singular = true;
      return {};
    }
  }
  return fail(ErrorKind::kInvalidArgument, "PGRST107", "None of these media types are available: " + std::string(accept.substr(0, 200)));
}

Result<void> read_content_type(std::string_view type) {
  const std::string media = lower_case(trim(type.substr(0, type.find(';'))));
  if (media.empty() || media == "application/json" || media == "application/vnd.pgrst.object+json" || media == "application/vnd.pgrst.array+json") {
    return {};
  }
  Error error = make_error(ErrorKind::kInvalidArgument, "PGRST102", "Content-Type not acceptable: " + media.substr(0, 100));
  error.hint = "Send application/json.";
  error.http_status = 415;
  return fail(std::move(error));
}

/// A compressed body is refused rather than read as if it were plain.
Result<void> read_content_encoding(std::string_view coding) {
  if (coding.empty() || lower_case(trim(coding)) == "identity") return {};
  Error error = make_error(ErrorKind::kInvalidArgument, "PGRST102", "Content-Encoding not acceptable: " + std::string(coding.substr(0, 100)));
  error.hint = "Send the body without a content coding.";
  error.http_status = 415;
  return fail(std::move(error));
}

/// `Range: 0-24` or `10-` in items; ignored where the query has limit or offset, as other methods than GET do.
Result<void> read_range(std::string_view range, Call& call) {
  if (range.empty() || call.request.root.limit || call.request.root.offset) return {};
  const std::size_t dash = range.find('-');
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  const auto whole = [](std::string_view text, std::uint64_t& value) {
    const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && stop == text.data() + text.size() && value < (1ULL << 53);
  };
  if (dash == std::string_view::npos || !whole(range.substr(0, dash), first)) return {};
  const std::string_view end = range.substr(dash + 1);
  call.request.root.offset = first;
  if (end.empty()) return {};
  if (!whole(end, last)) return {};
  if (last < first) {
    Error error = make_error(ErrorKind::kOutOfRange, "PGRST103", "Requested range not satisfiable");
    error.details = "The lower boundary must be lower than or equal to the upper boundary in the Range header.";
    return fail(std::move(error));
  }
  call.request.root.limit = last - first + 1;
  return {};
}

/// If-Match: a list of strong entity tags, or `*` alone. Only for PATCH and DELETE. An empty one is refused: its sender meant a condition.
Result<void> read_if_match(const wire::HeaderList& headers, request::Request& request) {
  if (!headers.find("if-match")) return {};
  if (request.operation != Operation::kUpdate && request.operation != Operation::kDelete) return {};
  Error error = make_error(ErrorKind::kInvalidArgument, "kp-precondition", "If-Match must list entity tags in double quotes");
  error.http_status = 400;
  request.has_if_match = true;
  const std::string joined = headers.joined("if-match");
  std::string_view text = trim(joined);
  if (text.empty()) return fail(std::move(error));
  if (text == "*") {
    request.if_match.emplace_back(text);
    return {};
  }
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view tag = trim(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    if (tag.starts_with("W/")) continue;  // RFC 9110 §13.1.1: a weak tag never matches strongly
    if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') return fail(std::move(error));
    request.if_match.emplace_back(tag.substr(1, tag.size() - 2));
    if (request.if_match.size() > 32) return fail(std::move(error));
  }
  return {};
}

Result<void> read_idempotency(std::optional<std::string_view> sent, request::Request& request) {
  if (!sent || request.operation == Operation::kRead) return {};
  std::string_view key = *sent;
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  if (key.empty() || key.size() > 255) {
    Error error = make_error(ErrorKind::kInvalidArgument, "kp-idempotency-key", "Idempotency-Key must have 1 to 255 characters");
    return fail(std::move(error));
  }
  request.idempotent = true;
  request.idempotency_key = key;
  return {};
}

void apply_preferences(Call& call) {
  request::Request& request = call.request;
  const bool write = request.operation != Operation::kRead;
  if (write) request.returning = call.prefer.returning;
  request.count = call.prefer.count;
  request.resolution = request.operation == Operation::kInsert ? call.prefer.resolution : request::Resolution::kNone;
  request.missing_default = !call.prefer.has_missing || call.prefer.missing_default;
  request.want_version = request.singular;
  // Tags and cursors are made of rows; an estimate may deny rows that an offset finds.
  const bool first = !request.root.offset || *request.root.offset == 0;
  const bool rows_asked = request.singular || request.has_cursor || !call.if_none_match.empty();
  request.count_only = call.head && !call.root && !rows_asked && (request.count == request::CountMode::kExact || first);
}

/// The target without its cursor, to hang the next page's on.
std::string without_cursor(std::string_view target) {
  const std::size_t mark = target.find('?');
  std::string out(target.substr(0, mark));
  out += '?';
  std::string_view query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (pair.empty() || pair.starts_with("cursor=") || pair.starts_with("offset=")) continue;
    if (out.back() != '?') out += '&';
    out += pair;
  }
  return out;
}

Result<void> read_headers(const wire::HttpRequest& http, Call& call) {
  request::Request& request = call.request;
  const auto header = [&http](std::string_view name) { return http.headers.find(name).value_or(std::string_view{}); };
  const bool write = request.operation != Operation::kRead;
  const std::string_view profile = header(write ? "content-profile" : "accept-profile");
  call.profile = profile;
  if (profile != "public") request.contract = profile;
  if (auto read = read_accept(http.headers.joined("accept"), call); !read) return read;
  auto prefer = parse_prefer(http.headers.joined("prefer"));
  if (!prefer) return fail(std::move(prefer.error()));
  call.prefer = std::move(*prefer);
  if (!write) {
    call.if_none_match = header("if-none-match");
    const std::string_view unit = header("range-unit");
    if (unit.empty() || unit == "items") {
      if (auto read = read_range(header("range"), call); !read) return read;
    }
  }
  apply_preferences(call);
  if (auto read = read_if_match(http.headers, request); !read) return read;
  return read_idempotency(http.headers.find("idempotency-key"), request);
}

Result<void> read_body(const wire::HttpRequest& http, const Limits& limits, request::Request& request) {
  if (request.operation != Operation::kInsert && request.operation != Operation::kUpdate) return {};
  if (auto read = read_content_type(http.headers.find("content-type").value_or("")); !read) return read;
  if (auto read = read_content_encoding(http.headers.joined("content-encoding")); !read) return read;
  if (auto read = parse_json_rows(http.body, limits, request); !read) return read;
  if (request.operation == Operation::kUpdate && request.rows.row_count != 1) {
    return fail(ErrorKind::kInvalidArgument, "PGRST102", "PATCH takes one object with the columns to change");
  }
  return {};
}

}  // namespace

std::string_view allowed_methods(std::string_view path) noexcept {
  return path == "/" || path.empty() ? "OPTIONS,GET,HEAD" : "OPTIONS,GET,HEAD,POST,PATCH,DELETE";
}

Result<Call> parse_call(const wire::HttpRequest& http, std::string_view path, const Limits& limits) {
  Call call;
  call.target = http.target;
  call.head = http.method == "HEAD";
  call.root = path.empty() || path == "/";
  auto operation = operation_of(http.method);
  if (!operation) return fail(std::move(operation.error()));
  call.request.operation = *operation;
  if (call.root) {
    if (*operation != Operation::kRead) return fail(ErrorKind::kUnimplemented, "PGRST117", "The root answers GET and HEAD only");
  } else {
    auto name = percent_decode(path.substr(1), PlusSign::kLiteral);
    if (!name || name->empty() || name->find('/') != std::string::npos || !valid_utf8(*name)) {
      return fail(ErrorKind::kNotFound, "PGRST125", "Invalid path specified in request URL");
    }
    call.request.root.name = std::move(*name);
    auto params = split_query(http.query());
    if (!params) return fail(std::move(params.error()));
    if (auto parsed = parse_query(*params, limits, call.request); !parsed) return fail(std::move(parsed.error()));
  }
  if (auto read = read_headers(http, call); !read) return fail(std::move(read.error()));
  if (call.request.root.limit && *call.request.root.limit > 0 && *operation == Operation::kRead && !call.root) {
    call.cursor_base = without_cursor(http.target);
  }
  if (auto read = read_body(http, limits, call.request); !read) return fail(std::move(read.error()));
  return call;
}

}  // namespace kingpost::protocol::rest
