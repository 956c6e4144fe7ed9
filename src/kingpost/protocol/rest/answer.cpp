#include "kingpost/protocol/rest/answer.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/plan/row_version.hpp"
#include "kingpost/protocol/rest/cursor.hpp"
#include "kingpost/protocol/rest/render.hpp"
#include "kingpost/protocol/status.hpp"

namespace kingpost::protocol::rest {

using request::Operation;
using request::ReturnMode;

namespace {

constexpr std::string_view kJsonHeaders =
    "Content-Type: application/json; charset=utf-8\r\nCache-Control: private, no-cache\r\n"
    "Vary: Authorization, apikey, Accept, Accept-Profile, Prefer, Range\r\nX-Content-Type-Options: nosniff\r\n";
constexpr std::string_view kObjectHeaders =
    "Content-Type: application/vnd.pgrst.object+json; charset=utf-8\r\nCache-Control: private, no-cache\r\n"
    "Vary: Authorization, apikey, Accept, Accept-Profile, Prefer, Range\r\nX-Content-Type-Options: nosniff\r\n";
constexpr std::string_view kProblemHeaders =
    "Content-Type: application/problem+json\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
constexpr std::string_view kCorsHeaders =
    "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: content-range, content-location, location, etag, link, preference-applied, "
    "content-profile, proxy-status, retry-after, ratelimit, ratelimit-policy, deprecation, sunset, x-supabase-api-version\r\n";
constexpr std::string_view kCorsAllow =
    "Access-Control-Allow-Headers: authorization, apikey, content-type, prefer, range, range-unit, accept-profile, content-profile, x-client-info, "
    "x-supabase-api-version, x-retry-count, x-region, traceparent, tracestate, baggage, if-match, if-none-match, idempotency-key\r\n"
    "Access-Control-Max-Age: 86400\r\n";

/// IMF-fixdate (RFC 9110 §5.6.7).
std::string http_date(std::int64_t micros) {
  constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string iso;
  append_timestamp(iso, micros - micros % kMicrosPerSecond);
  const auto day = static_cast<std::size_t>(micros / kMicrosPerDay % 7);
  const auto month = static_cast<std::size_t>((iso[5] - '0') * 10 + (iso[6] - '0') - 1);
  return fmt::format("{}, {} {} {} {} GMT", kDays[day], iso.substr(8, 2), kMonths.at(month), iso.substr(0, 4), iso.substr(11, 8));
}

/// What a caller is told instead of an error that speaks of the machine, its statements or its database; the operator reads that in the log.
std::optional<Error> for_strangers(const Error& error) {
  const bool down = error.code == "kp-database-down" || error.code == "kp-database-missing";
  if (!down && error.kind != ErrorKind::kInternal && error.kind != ErrorKind::kDataLoss) return std::nullopt;
  const bool damaged = error.kind == ErrorKind::kDataLoss;
  Error shown = make_error(error.kind, error.code,
                           down      ? "The database does not answer."
                           : damaged ? "The database is damaged."
                                     : "The server could not do this.");
  if (!down) shown.hint = "The server's log says more.";
  return shown;
}

/// Everything but unreserved characters (RFC 3986 §2.3) as %XX.
std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    const bool plain = (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '-' || code == '_' ||
                       code == '.' || code == '~';
    if (plain) {
      out += byte;
    } else {
      out += fmt::format("%{:02X}", code);
    }
  }
  return out;
}

/// The window of rows that an answer shows and, if counted, of how many.
struct Window {
  std::uint64_t offset = 0;
  std::uint64_t rows = 0;
  std::optional<std::uint64_t> total;
};

void append_number(std::string& out, std::uint64_t value) {
  const fmt::format_int digits(value);
  out.append(digits.data(), digits.size());
}

void add_content_range(const Window& window, wire::HttpResponse& out) {
  out.headers += "Content-Range: ";
  if (window.rows == 0) {
    out.headers += '*';
  } else {
    append_number(out.headers, window.offset);
    out.headers += '-';
    append_number(out.headers, window.offset + window.rows - 1);
  }
  out.headers += '/';
  if (window.total) {
    append_number(out.headers, *window.total);
  } else {
    out.headers += '*';
  }
  out.headers += "\r\n";
}

/// The planner's estimate: the row count of the plan's outermost node, which comes first. A name in the plan cannot imitate it, for its quotes
/// are escaped.
std::uint64_t planned_rows(std::string_view plan) {
  constexpr std::string_view kRows = "\"Plan Rows\": ";
  const std::size_t at = plan.find(kRows);
  std::uint64_t value = 0;
  if (at != std::string_view::npos) std::from_chars(plan.data() + at + kRows.size(), plan.data() + plan.size(), value);
  return value;
}

std::optional<std::uint64_t> total_of(const plan::ResultLayout& layout, const plan::RowSets& rows) {
  std::optional<std::uint64_t> total;
  if (layout.count_step && rows[*layout.count_step].rows() == 1) total = static_cast<std::uint64_t>(rows[*layout.count_step].at(0, 0).integer);
  if (!layout.planned_step || rows[*layout.planned_step].rows() != 1 || (total && *total <= layout.count_bound)) return total;
  return std::max(planned_rows(rows[*layout.planned_step].at(0, 0).view().bytes), total.value_or(0));
}

Window read_window(const Call& call, const AnswerContext& context, const plan::RowSets& rows) {
  Window window;
  window.offset = call.request.root.offset.value_or(0);
  window.total = total_of(*context.layout, rows);
  if (context.layout->root) {
    window.rows = rows[context.layout->root->step].rows();
    // An estimate may lie below what is seen.
    if (context.layout->planned_step && window.rows > 0) window.total = std::max(window.total.value_or(0), window.offset + window.rows);
  } else if (window.total && *window.total > window.offset) {
    const std::uint64_t limit = std::min(call.request.root.limit.value_or(context.page_rows), context.page_rows);
    window.rows = std::min(limit, *window.total - window.offset);
  }
  return window;
}

/// The offset lies behind the last row, as far as that was asked for.
bool out_of_range(const Window& window) { return window.total && window.offset > *window.total; }

Error out_of_range_error(const Window& window) {
  Error error = make_error(ErrorKind::kOutOfRange, "PGRST103", "Requested range not satisfiable");
  error.details = fmt::format("An offset of {} was requested, but there are only {} rows.", window.offset, *window.total);
  return error;
}

/// Strong entity tag of the single row of a singular answer.
void add_version(const AnswerContext& context, const plan::RowSets& rows, wire::HttpResponse& out) {
  const plan::ResultLayout& layout = *context.layout;
  if (layout.version_columns.empty() || !layout.root) return;
  const std::string version = plan::row_version(rows[layout.root->step], 0, layout.version_columns);
  out.headers += fmt::format("ETag: \"{}\"\r\n", version);
}

/// `Link` to the first page and, when this one is full, the next.
void add_links(const Call& call, const AnswerContext& context, const plan::RowSets& rows, const Window& window, wire::HttpResponse& out) {
  const plan::ResultLayout& layout = *context.layout;
  if (call.cursor_base.empty() || !layout.root) return;
  std::string value;
  const std::uint64_t limit = std::min<std::uint64_t>(call.request.root.limit.value_or(0), context.page_rows);
  if (!layout.cursor_columns.empty() && window.rows > 0 && window.rows >= limit) {
    const std::string cursor = encode_cursor(layout, rows[layout.root->step], window.rows - 1, context.database);
    value = fmt::format("<{}&cursor={}>; rel=\"next\", ", call.cursor_base, cursor);
  }
  if (!call.request.has_cursor && window.offset > 0 && limit > 0) {
    const std::uint64_t previous = window.offset > limit ? window.offset - limit : 0;
    value += fmt::format("<{}&offset={}>; rel=\"prev\", ", call.cursor_base, previous);
  }
  value += fmt::format("<{}>; rel=\"first\"", call.cursor_base);
  out.add_header("Link", value);
}

void add_contract(const Call& call, const AnswerContext& context, wire::HttpResponse& out) {
  if (!call.profile.empty()) out.add_header("Content-Profile", call.profile);
  if (context.contract == nullptr || context.contract->deprecated.empty()) return;
  if (const auto since = parse_timestamp(context.contract->deprecated)) {
    out.headers += fmt::format("Deprecation: @{}\r\n", *since / kMicrosPerSecond);  // RFC 9745
  }
  if (const auto sunset = parse_timestamp(context.contract->sunset)) out.add_header("Sunset", http_date(*sunset));  // RFC 8594
  out.headers += "Link: </rest/v1/>; rel=\"successor-version\"\r\n";
}

/// RFC 9110 §13.1.2: weak comparison against a list of tags or `*`.
bool matches_tag(std::string_view list, std::string_view tag) {
  const auto opaque = [](std::string_view text) { return text.starts_with("W/") ? text.substr(2) : text; };
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view one = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one == "*" || opaque(one) == opaque(tag)) return true;
  }
  return false;
}

void add_body_tag(const Call& call, wire::HttpResponse& out) {
  constexpr std::string_view kName = "ETag: ";
  std::size_t have = out.headers.find(kName);
  if (have == std::string::npos) {
    have = out.headers.size();
    out.headers += "ETag: W/\"";
    constexpr std::string_view kDigits = "0123456789abcdef";
    const XXH64_hash_t hash = XXH3_64bits(out.body.data(), out.body.size());
    for (int shift = 60; shift >= 0; shift -= 4) out.headers += kDigits[hash >> static_cast<unsigned>(shift) & 0xFU];
    out.headers += "\"\r\n";
  }
  if (call.if_none_match.empty()) return;
  const std::size_t begin = have + kName.size();
  const std::string_view tag = std::string_view(out.headers).substr(begin, out.headers.find("\r\n", begin) - begin);
  if (matches_tag(call.if_none_match, tag)) {
    out.status = 304;
    out.body.clear();
  }
}

/// `content_range`: told where the range of rows is what was wrong.
void answer_problem(const Error& error, std::string_view target, std::string_view content_range, wire::HttpResponse& out) {
  out.clear();
  out.status = http_status(error);
  out.headers += kProblemHeaders;
  out.add_header("Proxy-Status", "Kingpost; error=" + error.code);
  if (out.status == 401) out.headers += "WWW-Authenticate: Bearer\r\n";
  if (out.status == 503) out.headers += "Retry-After: 1\r\n";
  if (out.status == 416) out.add_header("Content-Range", content_range);  // RFC 9110 §15.5.17
  const std::string_view instance = target.substr(0, target.find('?'));
  if (const auto shown = for_strangers(error)) {
    out.body = print_problem(*shown, out.status, instance);
  } else {
    out.body = print_problem(error, out.status, instance);
  }
}

Error not_singular(std::uint64_t rows) {
  Error error = make_error(ErrorKind::kInvalidArgument, "PGRST116", "Cannot coerce the result to a single JSON object");
  error.details = fmt::format("The result contains {} rows", rows);
  return error;
}

void render_body(const Call& call, const AnswerContext& context, const plan::RowSets& rows, wire::HttpResponse& out) {
  JsonRenderer renderer(rows, context.database);
  if (call.request.singular) {
    renderer.append_object(out.body, *context.layout->root, 0);
  } else {
    renderer.append_array(out.body, *context.layout->root);
  }
}

Result<void> answer_read(const Call& call, const AnswerContext& context, const plan::RowSets& rows, wire::HttpResponse& out) {
  const Window window = read_window(call, context, rows);
  if (call.request.singular && window.rows != 1) return fail(not_singular(window.rows));
  if (out_of_range(window)) {
    answer_problem(out_of_range_error(window), call.target, fmt::format("*/{}", *window.total), out);
    return {};
  }
  out.headers += call.request.singular ? kObjectHeaders : kJsonHeaders;
  add_content_range(window, out);
  const bool partial = window.total && *window.total > window.rows;
  out.status = partial && call.request.count != request::CountMode::kNone ? 206 : 200;
  if (!context.layout->root) {
    out.unmade = true;
    return {};
  }
  render_body(call, context, rows, out);
  if (call.request.singular) add_version(context, rows, out);
  add_links(call, context, rows, window, out);
  add_body_tag(call, out);
  return {};
}

void add_location(const Call& call, const AnswerContext& context, const plan::RowSets& rows, wire::HttpResponse& out) {
  const plan::ResultLayout& layout = *context.layout;
  if (!layout.written_step || layout.written_key_names.empty() || rows[*layout.written_step].rows() != 1) return;
  std::string location = call.target.substr(0, call.target.find('?'));
  for (std::size_t at = 0; at < layout.written_key_names.size(); ++at) {
    std::string value;
    const plan::ResultColumn& column = layout.written_key_types[at];
    dialect::append_json(value, rows[*layout.written_step].at(0, layout.written_key_columns[at]).view(), column.type, column.storage,
                         context.database);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    location += fmt::format("{}{}=eq.{}", at == 0 ? '?' : '&', layout.written_key_names[at], percent_encode(value));
  }
  out.add_header("Location", location);
}

/// Whether an upsert that merges made a record: it may have found all of them.
bool created(const plan::ResultLayout& layout, const plan::RowSets& rows) {
  const plan::RowSet& written = rows[*layout.written_step];
  const std::size_t found = layout.found_step ? rows[*layout.found_step].rows() : 0;
  if (written.rows() <= found || found == 0) return written.rows() > found;
  // A record that stands twice among the rows was written twice (SQLite).
  std::set<std::string> keys;
  for (std::size_t row = 0; row < written.rows(); ++row) keys.insert(plan::row_version(written, row, layout.written_key_columns));
  return keys.size() > found;
}

int write_status(const Call& call, const plan::ResultLayout& layout, const plan::RowSets& rows, bool shown) {
  if (call.request.operation != Operation::kInsert) return shown ? 200 : 204;
  if (call.request.resolution == request::Resolution::kMerge && layout.written_step) return created(layout, rows) ? 201 : 200;
  const bool ignored = call.request.resolution == request::Resolution::kIgnore && layout.written_step && rows[*layout.written_step].rows() == 0;
  return shown && ignored ? 200 : 201;
}

Result<void> answer_write(const Call& call, const AnswerContext& context, const plan::RowSets& rows, wire::HttpResponse& out) {
  const plan::ResultLayout& layout = *context.layout;
  const bool insert = call.request.operation == Operation::kInsert;
  const std::uint64_t written = layout.written_step ? rows[*layout.written_step].rows() : 0;
  const bool shown = call.request.returning == ReturnMode::kRepresentation && layout.root;
  out.status = write_status(call, layout, rows, shown);
  if (shown) {
    const std::uint64_t count = rows[layout.root->step].rows();
    if (call.request.singular && count != 1) return fail(not_singular(count));
    out.headers += call.request.singular ? kObjectHeaders : kJsonHeaders;
    render_body(call, context, rows, out);
    if (call.request.singular) add_version(context, rows, out);
  } else {
    out.headers += "Cache-Control: no-store\r\n";
  }
  if (insert && call.request.returning == ReturnMode::kHeadersOnly) add_location(call, context, rows, out);
  const std::string total = call.request.count == request::CountMode::kNone ? "*" : std::to_string(written);
  out.headers +=
      insert || written == 0 ? fmt::format("Content-Range: */{}\r\n", total) : fmt::format("Content-Range: 0-{}/{}\r\n", written - 1, total);
  return {};
}

}  // namespace

Result<void> answer_rows(const Call& call, const AnswerContext& context, const plan::RowSets& rows, wire::HttpResponse& out) {
  auto answered = call.request.operation == Operation::kRead ? answer_read(call, context, rows, out) : answer_write(call, context, rows, out);
  if (!answered) return answered;
  add_contract(call, context, out);
  if (!call.prefer.applied.empty()) out.add_header("Preference-Applied", call.prefer.applied);
  return {};
}

void answer_error(const Error& error, std::string_view target, wire::HttpResponse& out) { answer_problem(error, target, "*/*", out); }

void add_common_headers(std::string_view origin, wire::HttpResponse& out) {
  if (!origin.empty()) out.headers += kCorsHeaders;
}

void answer_options(std::string_view path, std::string_view origin, wire::HttpResponse& out) {
  out.status = 204;
  const std::string_view methods = allowed_methods(path);
  out.headers += fmt::format("Allow: {}\r\n", methods);
  if (origin.empty()) return;
  out.headers += kCorsHeaders;
  out.headers += fmt::format("Access-Control-Allow-Methods: {}\r\n", methods);
  out.headers += kCorsAllow;
}

}  // namespace kingpost::protocol::rest
