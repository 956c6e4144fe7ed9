#include "kingpost/protocol/error_reference.hpp"

#include <fmt/format.h>

#include "kingpost/protocol/status.hpp"

namespace kingpost::protocol {

namespace {

constexpr ErrorRow kRows[] = {
    {ErrorSource::kHttp, "http-malformed", ErrorKind::kInternal, 400, "The request is not well-formed HTTP/1.1.", "Use an HTTP library."},
    {ErrorSource::kHttp, "http-line", ErrorKind::kInternal, 400, "A line of the head ends otherwise than in CR LF, or holds control characters.",
     "Use an HTTP library."},
    {ErrorSource::kHttp, "http-folded", ErrorKind::kInternal, 400, "A header field continues on a second line.", "Write each field on one line."},
    {ErrorSource::kHttp, "http-field", ErrorKind::kInternal, 400, "A header field is not well-formed.", "Mend its name or value."},
    {ErrorSource::kHttp, "http-repeated", ErrorKind::kInternal, 400, "A field that may occur once occurs more often.", "Send it once."},
    {ErrorSource::kHttp, "http-host", ErrorKind::kInternal, 400, "There is not exactly one valid Host field.", "Send one."},
    {ErrorSource::kHttp, "http-target", ErrorKind::kInternal, 400, "The target is not allowed for this method or host.",
     "Send a path that begins with `/`."},
    {ErrorSource::kHttp, "http-length", ErrorKind::kInternal, 400, "The body has no single, unambiguous length.",
     "Send Content-Length or chunks, never both."},
    {ErrorSource::kHttp, "http-chunk", ErrorKind::kInternal, 400, "The chunked body is not well-formed.", "Use an HTTP library."},
    {ErrorSource::kHttp, "http-head-timeout", ErrorKind::kInternal, 408, "The head did not arrive in time.", "See the limit `head-timeout-ms`."},
    {ErrorSource::kHttp, "http-body-timeout", ErrorKind::kInternal, 408, "The body did not arrive in time.", "See the limit `body-timeout-ms`."},
    {ErrorSource::kHttp, "http-body-large", ErrorKind::kInternal, 413, "The body is too large.",
     "Send several requests; see the limit `body-bytes`."},
    {ErrorSource::kHttp, "http-target-long", ErrorKind::kInternal, 414, "The target is too long.",
     "Shorten lists and filters; see the limit `target-bytes`."},
    {ErrorSource::kHttp, "http-expect", ErrorKind::kInternal, 417, "An expectation other than 100-continue.", "Leave `Expect` out."},
    {ErrorSource::kHttp, "http-head-large", ErrorKind::kInternal, 431, "The head is too large.",
     "Send fewer or shorter fields; see the limit `head-bytes`."},
    {ErrorSource::kHttp, "http-head-fields", ErrorKind::kInternal, 431, "Too many header fields.", "See the limit `head-fields`."},
    {ErrorSource::kHttp, "http-no-answer", ErrorKind::kInternal, 500, "The request was given up without an answer.",
     "Report it with the server's log."},
    {ErrorSource::kHttp, "http-connections", ErrorKind::kInternal, 503, "The server has as many connections as it serves.",
     "Try again; see the limit `connections`."},
    {ErrorSource::kHttp, "http-answer-timeout", ErrorKind::kInternal, 504, "The request was not answered in time.",
     "See the limit `request-timeout-ms`."},
    {ErrorSource::kHttp, "http-version", ErrorKind::kInternal, 505, "Neither HTTP/1.0 nor HTTP/1.1.", "Speak HTTP/1.1."},
    {ErrorSource::kCaller, "PGRST301", ErrorKind::kUnauthenticated, 401,
     "The token is malformed, not signed by this server's secret, has no expiry, or names a role or id that does not exist.",
     "Get a new token; `kingpost token` makes one."},
    {ErrorSource::kCaller, "PGRST303", ErrorKind::kUnauthenticated, 401, "The token has expired, or is not valid yet.",
     "Get a new token; compare the clocks."},
    {ErrorSource::kCaller, "42501", ErrorKind::kPermissionDenied, 0,
     "No rule allows this to this caller. An anonymous caller gets 401 instead of 403.",
     "Send a token; or mend `access` in the model. `kingpost explain` shows the rule."},
    {ErrorSource::kQuery, "PGRST100", ErrorKind::kInvalidArgument, 0, "A part of the query string cannot be read.",
     "`details` or the message says what was expected."},
    {ErrorSource::kQuery, "PGRST103", ErrorKind::kOutOfRange, 0, "The range begins after the last row.", "Ask for an earlier one."},
    {ErrorSource::kQuery, "PGRST101", ErrorKind::kUnimplemented, 0, "The method is not one of this path.", "`Allow` lists those that are."},
    {ErrorSource::kQuery, "PGRST202", ErrorKind::kNotFound, 0, "There is no such command.", "The design's OpenAPI lists them."},
    {ErrorSource::kQuery, "PGRST106", ErrorKind::kInvalidArgument, 406, "The profile header names no contract of the model.",
     "Name a contract, or leave the header out."},
    {ErrorSource::kQuery, "PGRST107", ErrorKind::kInvalidArgument, 0, "No media type in `Accept` can be answered.", "Accept `application/json`."},
    {ErrorSource::kQuery, "PGRST108", ErrorKind::kInvalidArgument, 0, "A filter or an order names an embed that `select` lacks.",
     "Embed it, if only as `name()`."},
    {ErrorSource::kQuery, "PGRST116", ErrorKind::kInvalidArgument, 0,
     "A single object was asked for, and there is not exactly one row. A write is undone.", "Filter by the key."},
    {ErrorSource::kQuery, "PGRST117", ErrorKind::kUnimplemented, 0, "The method is not one of the API.",
     "Use GET, HEAD, POST, PATCH, DELETE or OPTIONS; `Allow` lists them."},
    {ErrorSource::kQuery, "PGRST118", ErrorKind::kInvalidArgument, 0, "Rows cannot be ordered by a relation that leads to several.",
     "Order by a relation to one."},
    {ErrorSource::kQuery, "PGRST120", ErrorKind::kInvalidArgument, 0, "An embed was filtered as a whole otherwise than by null.",
     "Use `is.null` or `not.is.null`, or filter by its columns."},
    {ErrorSource::kQuery, "PGRST122", ErrorKind::kInvalidArgument, 0, "`Prefer: handling=strict` came with a preference that is not known.",
     "Remove it."},
    {ErrorSource::kQuery, "PGRST123", ErrorKind::kInvalidArgument, 0, "Aggregates are not answered.",
     "Ask for the rows, or declare a computed field."},
    {ErrorSource::kQuery, "PGRST125", ErrorKind::kNotFound, 0, "There is nothing at this path.", "The API is below `/rest/v1/`."},
    {ErrorSource::kQuery, "PGRST127", ErrorKind::kUnimplemented, 0, "A part of the dialect that this version, or this database, does not answer.",
     "See what the message names, and [dialect.md](dialect.md)."},
    {ErrorSource::kQuery, "PGRST200", ErrorKind::kInvalidArgument, 0, "The two resources have no relation of this name.",
     "Mind the spelling; the hint may propose a name."},
    {ErrorSource::kQuery, "PGRST201", ErrorKind::kInvalidArgument, 300, "Several relations would do.",
     "Choose one of those listed under `errors`: `alias:target!relation(…)`."},
    {ErrorSource::kQuery, "PGRST205", ErrorKind::kNotFound, 0, "There is no such resource in this contract, or the caller may never see it.",
     "Mind the spelling; the hint may propose a name."},
    {ErrorSource::kQuery, "42701", ErrorKind::kInvalidArgument, 0, "A column appears twice under one name.", "Give one an alias."},
    {ErrorSource::kQuery, "42703", ErrorKind::kInvalidArgument, 0, "There is no such column, or the caller may never see it.",
     "Mind the spelling; the hint may propose a name."},
    {ErrorSource::kQuery, "42704", ErrorKind::kInvalidArgument, 0, "A cast names no type.",
     "Cast to text, int, bigint, numeric, float8, bool, date, timestamptz, uuid or json."},
    {ErrorSource::kQuery, "42804", ErrorKind::kInvalidArgument, 0, "`is.true` and its kin on a column that is no boolean.", "Compare with `eq`."},
    {ErrorSource::kQuery, "42883", ErrorKind::kInvalidArgument, 0, "The operator does not exist for this type.",
     "Compare with one that does; JSON paths need a JSON column."},
    {ErrorSource::kQuery, "kp-limit-embed-count", ErrorKind::kInvalidArgument, 0, "Too many embeds.", "Ask in parts; see the limit `embed-count`."},
    {ErrorSource::kQuery, "kp-limit-embed-depth", ErrorKind::kInvalidArgument, 0, "Embeds are nested too deeply.",
     "Ask in parts; see the limit `embed-depth`."},
    {ErrorSource::kQuery, "kp-limit-filter-depth", ErrorKind::kInvalidArgument, 0, "Conditions are nested too deeply.",
     "Ask in parts; see the limit `filter-depth`."},
    {ErrorSource::kQuery, "kp-limit-filter-nodes", ErrorKind::kInvalidArgument, 0, "Too many conditions.",
     "Ask in parts; see the limit `filter-nodes`."},
    {ErrorSource::kQuery, "kp-limit-in-list-values", ErrorKind::kInvalidArgument, 0, "A list operand is too long.",
     "Ask in parts; see the limit `in-list-values`."},
    {ErrorSource::kQuery, "kp-limit-select-nodes", ErrorKind::kInvalidArgument, 0, "`select` names too many items.",
     "Ask in parts; see the limit `select-nodes`."},
    {ErrorSource::kQuery, "kp-limit-embeds", ErrorKind::kInvalidArgument, 0, "Too many embeds with all that the policies add.",
     "Ask in parts; see the limits `embed-count` and `embed-depth`."},
    {ErrorSource::kQuery, "kp-limit-filter", ErrorKind::kInvalidArgument, 0, "Too many conditions with all that the policies add.",
     "Ask in parts; see the limits `filter-nodes` and `filter-depth`."},
    {ErrorSource::kQuery, "kp-limit-select", ErrorKind::kInvalidArgument, 0, "Too many columns, with those of the embeds.",
     "Ask in parts; see the limit `select-nodes`."},
    {ErrorSource::kQuery, "kp-limit-json-path", ErrorKind::kInvalidArgument, 0, "A JSON path has more than 16 steps.", "Shorten it."},
    {ErrorSource::kQuery, "kp-limit-order", ErrorKind::kInvalidArgument, 0, "More than 16 terms of an order.", "Leave some out."},
    {ErrorSource::kQuery, "kp-limit-rows", ErrorKind::kResourceExhausted, 0, "The answer would hold too many rows, embedded ones included.",
     "Limit the embeds; see the limit `embed-rows`."},
    {ErrorSource::kQuery, "kp-limit-response-bytes", ErrorKind::kResourceExhausted, 0, "The answer would be too large.",
     "Ask for fewer rows or columns; see the limit `response-bytes`."},
    {ErrorSource::kQuery, "kp-cursor", ErrorKind::kInvalidArgument, 0, "The cursor is damaged, or was made for another order.",
     "Follow the `Link` as it is, or begin again without `cursor`."},
    {ErrorSource::kWrite, "PGRST102", ErrorKind::kInvalidArgument, 0,
     "The body is missing, is no JSON object or list of alike objects, or its media type is unknown (then 415).",
     "Send `application/json`; see the message."},
    {ErrorSource::kWrite, "PGRST204", ErrorKind::kInvalidArgument, 0, "A column of the body or of `columns` does not exist.",
     "Mind the spelling; the message names it."},
    {ErrorSource::kWrite, "21000", ErrorKind::kInvalidArgument, 0, "A PATCH or DELETE without a filter would reach every row.",
     "Filter; `id=not.is.null` means all of them."},
    {ErrorSource::kWrite, "25006", ErrorKind::kInvalidArgument, 0, "The resource is a view, or the database is read-only.",
     "Write to the entity behind it."},
    {ErrorSource::kWrite, "23502", ErrorKind::kInvalidArgument, 0, "A required column is missing or null.", "Send it."},
    {ErrorSource::kWrite, "23503", ErrorKind::kFailedPrecondition, 0, "A reference leads nowhere, or something still refers to this row.",
     "Create the other row first, or delete what refers here."},
    {ErrorSource::kWrite, "23505", ErrorKind::kAlreadyExists, 0, "A row with this unique value exists.",
     "Choose another value, or upsert: `Prefer: resolution=merge-duplicates`."},
    {ErrorSource::kWrite, "23514", ErrorKind::kInvalidArgument, 0, "A check of the model, a type or a length refuses the value.",
     "The message names the check."},
    {ErrorSource::kWrite, "23000", ErrorKind::kFailedPrecondition, 0, "Another constraint refuses the row.", "The message names it."},
    {ErrorSource::kWrite, "428C9", ErrorKind::kInvalidArgument, 0, "The column is set by the system.", "Leave it out."},
    {ErrorSource::kWrite, "42P10", ErrorKind::kInvalidArgument, 0, "`on_conflict` names no key and no unique constraint.",
     "Name the columns of one."},
    {ErrorSource::kWrite, "P0001", ErrorKind::kInvalidArgument, 0, "A trigger of an imported database refuses the row.",
     "The message is the trigger's."},
    {ErrorSource::kWrite, "kp-precondition", ErrorKind::kInvalidArgument, 400, "`If-Match` is no list of entity tags.",
     "Send an ETag as you got it, with its quotation marks."},
    {ErrorSource::kWrite, "kp-precondition-target", ErrorKind::kInvalidArgument, 0, "`If-Match` without a filter that names one row.",
     "Filter by the key: `id=eq.…`."},
    {ErrorSource::kWrite, "kp-precondition-failed", ErrorKind::kFailedPrecondition, 412, "Someone has changed the record since you read it.",
     "Read it again and decide anew."},
    {ErrorSource::kWrite, "kp-arguments", ErrorKind::kInvalidArgument, 0, "Arguments of a command are missing, unknown or do not fit.",
     "`errors` names each with a JSON pointer."},
    {ErrorSource::kWrite, "kp-idempotency-key", ErrorKind::kInvalidArgument, 0, "The key is empty or too long.",
     "Send 1 to 255 characters, best a UUID."},
    {ErrorSource::kWrite, "kp-idempotency-mismatch", ErrorKind::kInvalidArgument, 422, "The key was used with another request.",
     "Make a new key for each intent."},
    {ErrorSource::kWrite, "kp-idempotency-in-flight", ErrorKind::kAborted, 409, "The first request with this key is still at work.",
     "Try again in a moment."},
    {ErrorSource::kWrite, "kp-limit-bulk-rows", ErrorKind::kInvalidArgument, 0, "Too many rows in one body.",
     "Send several requests; see the limit `bulk-rows`."},
    {ErrorSource::kWrite, "kp-not-executed", ErrorKind::kUnimplemented, 0,
     "The model asks for something here that this version does not execute (encryption, audit), so it takes no writes.",
     "Remove it from the model, or wait for the version that executes it."},
    {ErrorSource::kValue, "22001", ErrorKind::kInvalidArgument, 0, "The value is longer than its column.", "Shorten it."},
    {ErrorSource::kValue, "22003", ErrorKind::kInvalidArgument, 0, "The number does not fit its type.", "Send one within the bounds."},
    {ErrorSource::kValue, "22007", ErrorKind::kInvalidArgument, 0, "The value is no such date, time or duration.",
     "Write RFC 3339 and ISO 8601; see the message."},
    {ErrorSource::kValue, "22021", ErrorKind::kInvalidArgument, 0, "Text is not UTF-8, or holds U+0000.", "Encode it."},
    {ErrorSource::kValue, "22025", ErrorKind::kInvalidArgument, 0, "A `like` pattern is too long or ends in its escape character.",
     "Mend the pattern."},
    {ErrorSource::kValue, "2201B", ErrorKind::kInvalidArgument, 0, "The regular expression cannot be read.", "Write RE2 syntax."},
    {ErrorSource::kValue, "22P02", ErrorKind::kInvalidArgument, 0, "The value is not of the column's type.", "Send one that is."},
    {ErrorSource::kDatabase, "40001", ErrorKind::kAborted, 0, "Two transactions met.", "Try again."},
    {ErrorSource::kDatabase, "40P01", ErrorKind::kAborted, 0, "Two transactions waited for each other.", "Try again."},
    {ErrorSource::kDatabase, "53100", ErrorKind::kResourceExhausted, 507, "The disk is full.", "Make room; nothing was written."},
    {ErrorSource::kDatabase, "53200", ErrorKind::kResourceExhausted, 0, "The database ran out of memory.", "Try again; give it more."},
    {ErrorSource::kDatabase, "54000", ErrorKind::kResourceExhausted, 0, "A value or statement is larger than the database takes.", "Send less."},
    {ErrorSource::kDatabase, "55P03", ErrorKind::kUnavailable, 0, "The database is locked by another writer.", "Try again."},
    {ErrorSource::kDatabase, "57014", ErrorKind::kDeadlineExceeded, 0, "The request's time ran out.",
     "Ask for less; see the limit `request-timeout-ms`."},
    {ErrorSource::kDatabase, "XX000", ErrorKind::kInternal, 0, "The server met a fault of its own.", "Report it with the server's log."},
    {ErrorSource::kDatabase, "XX001", ErrorKind::kDataLoss, 0, "The database file is damaged.", "Restore a backup."},
    {ErrorSource::kDatabase, "kp-database-down", ErrorKind::kUnavailable, 0, "The database does not answer.", "Try again; look at the server's log."},
    {ErrorSource::kDatabase, "kp-database-io", ErrorKind::kUnavailable, 0,
     "The database file could not be written; it takes no writes until the server is started again.", "Mend the disk, then restart."},
    {ErrorSource::kDatabase, "kp-queue-full", ErrorKind::kUnavailable, 0, "More writes wait than may.",
     "Try again in a moment; see the limit `write-queue`."},
    {ErrorSource::kDatabase, "kp-shutting-down", ErrorKind::kUnavailable, 0, "The server is stopping.", "Try again."},
    {ErrorSource::kDatabase, "kp-stored-value", ErrorKind::kDataLoss, 0, "A stored value is not of its column's type (imported files).",
     "Mend the value, or the type in the model."},
    {ErrorSource::kCommand, "kp-usage", ErrorKind::kFailedPrecondition, 0, "An argument is not understood.", "See `--help`."},
    {ErrorSource::kCommand, "kp-file", ErrorKind::kFailedPrecondition, 0, "A file cannot be read or written.", "The message says why."},
    {ErrorSource::kCommand, "kp-lock", ErrorKind::kInvalidArgument, 0, "kingpost.lock does not hold what it should; the line is named.",
     "Mend the line or restore the file."},
    {ErrorSource::kCommand, "kp-init-exists", ErrorKind::kFailedPrecondition, 0, "The folder to begin in is not empty.", "Choose another."},
    {ErrorSource::kCommand, "kp-no-secret", ErrorKind::kFailedPrecondition, 0, "KINGPOST_SECRET is not set.",
     "`export KINGPOST_SECRET=\"$(openssl rand -base64 32)\"`, or serve with `--dev`."},
    {ErrorSource::kCommand, "kp-weak-secret", ErrorKind::kFailedPrecondition, 0, "KINGPOST_SECRET is short.", "Use at least 32 random bytes."},
    {ErrorSource::kCommand, "kp-database-url", ErrorKind::kFailedPrecondition, 0,
     "The database is named otherwise than `sqlite:PATH` or `postgres://…`.", "Write one of them."},
    {ErrorSource::kCommand, "kp-database-missing", ErrorKind::kFailedPrecondition, 0, "There is no such database file.",
     "`kingpost migrate apply` makes one."},
    {ErrorSource::kCommand, "kp-database-locked", ErrorKind::kFailedPrecondition, 0, "Another command, or the server, uses the file.",
     "Stop it, then run the command again."},
    {ErrorSource::kCommand, "kp-database-refused", ErrorKind::kFailedPrecondition, 0, "The file is no database, or cannot be used.",
     "The message says why."},
    {ErrorSource::kCommand, "kp-name", ErrorKind::kFailedPrecondition, 0, "A name is unfit for the database.", "Choose another `table` or `column`."},
    {ErrorSource::kCommand, "kp-schema-malformed", ErrorKind::kFailedPrecondition, 0, "The history in the database cannot be read.",
     "Restore a backup."},
    {ErrorSource::kCommand, "kp-migrate-refused", ErrorKind::kFailedPrecondition, 0, "The model asks for more than additions.",
     "Change it as each line says."},
    {ErrorSource::kCommand, "kp-no-baseline", ErrorKind::kFailedPrecondition, 0, "The database has tables but no history.",
     "Start with a new database, or import this one."},
    {ErrorSource::kCommand, "kp-has-history", ErrorKind::kFailedPrecondition, 0, "The database has a history already.", "Nothing."},
    {ErrorSource::kCommand, "kp-seed-entity", ErrorKind::kFailedPrecondition, 0, "`--rows` names no entity.", "Use the names of the model."},
    {ErrorSource::kCommand, "kp-seed-limit", ErrorKind::kFailedPrecondition, 0, "More rows than seed writes.", "Lower `--rows` or `--scale`."},
    {ErrorSource::kCommand, "kp-seed-not-empty", ErrorKind::kFailedPrecondition, 0, "The tables hold rows already.",
     "Seed a new database, or use `--if-empty`."},
    {ErrorSource::kCommand, "kp-import", ErrorKind::kFailedPrecondition, 0, "The database cannot be read as a model.",
     "The message names the element."},
    {ErrorSource::kCommand, "kp-mcp-io", ErrorKind::kUnavailable, 0, "The agent's end of the pipe is closed.", "Start the agent again."},
    {ErrorSource::kCommand, "kp-mcp-model", ErrorKind::kInvalidArgument, 0, "A tool was given no model, or two.", "Give `path` or `text`."},
    {ErrorSource::kCommand, "kp-mcp-path", ErrorKind::kPermissionDenied, 0, "A path leads out of the folder that `kingpost mcp` may look into.",
     "Name a file below it, or start the server with another `--root`."},
    {ErrorSource::kCommand, "kp-mcp-read-only", ErrorKind::kPermissionDenied, 0, "A tool was asked to write, which it may not.",
     "Start the server with `--allow-write`."},
    {ErrorSource::kCommand, "kp-mcp-spawn", ErrorKind::kUnavailable, 0, "The command behind a tool could not be started.", "Try again later."},
};

struct Section {
  ErrorSource source;
  std::string_view title;
  std::string_view lead;
};

constexpr Section kSections[] = {
    {ErrorSource::kHttp, "HTTP", "The bytes were no request that may be answered. The connection is closed."},
    {ErrorSource::kCaller, "Caller", "Who asks, and what they may do."},
    {ErrorSource::kQuery, "Query", "What was asked for."},
    {ErrorSource::kWrite, "Writes", "What was to be stored. A refused request stores nothing."},
    {ErrorSource::kValue, "Values", "A value in a filter or a body."},
    {ErrorSource::kDatabase, "Database", "Nothing was wrong with the request."},
    {ErrorSource::kCommand, "Commands", "What `kingpost` itself may say before anything is served; no HTTP status."},
};

}  // namespace

std::span<const ErrorRow> error_rows() noexcept { return kRows; }

int status_of(const ErrorRow& row) {
  Error error = make_error(row.kind, std::string(row.code), {});
  error.http_status = row.own_status;
  return http_status(error);
}

std::string print_error_reference() {
  std::string out =
      "# Errors\n\nAn error is `application/problem+json` with the keys that clients of the dialect expect:\n\n```json\n"
      "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409,\"detail\":\"…\",\"instance\":\"/rest/v1/product\",\n"
      " \"code\":\"23505\",\"message\":\"…\",\"details\":null,\"hint\":null,\"errors\":[{\"pointer\":\"/"
      "sku\",\"code\":\"…\",\"detail\":\"…\"}]}\n```\n\n"
      "`code` never changes its meaning; `message` may be worded better from version to version. `errors` is there when single members of the body "
      "are at "
      "fault.\n\nPostgreSQL may answer further SQLSTATEs: classes 22, 23 and 42 are 400, 28 is 403, 08 and 53 are 503, everything else is 500.\n";
  for (const Section& section : kSections) {
    const bool command = section.source == ErrorSource::kCommand;
    out += fmt::format("\n## {}\n\n{}\n\n| code |{} meaning | what to do |\n| --- |{} --- | --- |\n", section.title, section.lead,
                       command ? "" : " status |", command ? "" : " --- |");
    for (const ErrorRow& row : kRows) {
      if (row.source != section.source) continue;
      out += fmt::format("| `{}` |{} {} | {} |\n", row.code, command ? std::string() : fmt::format(" {} |", status_of(row)), row.meaning, row.mend);
    }
  }
  return out;
}

}  // namespace kingpost::protocol
