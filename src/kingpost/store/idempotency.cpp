#include "kingpost/store/idempotency.hpp"

#include <initializer_list>
#include <string_view>

#include "kingpost/store/sql_error.hpp"

namespace kingpost::store {
namespace {

constexpr std::string_view kFind =
    "select payload_hash, status, headers, body from _kingpost_idempotency where principal = $1 and key = $2 and expires_us > $3";
constexpr std::string_view kRemove = "delete from _kingpost_idempotency where principal = $1 and key = $2";
constexpr std::string_view kStore =
    "insert into _kingpost_idempotency(principal, key, payload_hash, status, headers, body, expires_us) values($1, $2, $3, $4, $5, $6, $7)";
// Bounded, so that it never holds the writer for long.
constexpr std::string_view kPurge =
    "delete from _kingpost_idempotency where (principal, key) in "
    "(select principal, key from _kingpost_idempotency where expires_us <= $1 order by expires_us limit 256)";

sql::Program make_program(std::string_view text, std::initializer_list<Datum> values) {
  sql::Program program;
  sql::Step step;
  step.sql = text;
  for (const Datum& value : values) {
    sql::Param param;
    param.constant = value;
    param.type.scalar = std::holds_alternative<std::int64_t>(value) ? ir::Scalar::kInt64 : ir::Scalar::kText;
    step.params.push_back(std::move(param));
  }
  program.steps.push_back(std::move(step));
  return program;
}

std::string text_at(const plan::RowSet& rows, std::size_t column) { return std::string(rows.at(0, column).view().bytes); }

}  // namespace

bool InFlightKeys::insert(const Idempotency& request) {
  const std::lock_guard lock(mutex_);
  return keys_.emplace(request.principal, request.key).second;
}

void InFlightKeys::erase(const Idempotency& request) {
  const std::lock_guard lock(mutex_);
  keys_.erase({request.principal, request.key});
}

std::vector<std::string> idempotency_ddl(dialect::Database database) {
  const bool sqlite = database == dialect::Database::kSqlite;
  std::string table =
      "create table if not exists _kingpost_idempotency(principal text not null, key text not null, payload_hash text not null, "
      "status bigint not null, headers text not null, body text, expires_us bigint not null, primary key(principal, key))";
  if (sqlite) table += " without rowid";
  return {table, "create index if not exists _kingpost_idempotency_expires on _kingpost_idempotency(expires_us)"};
}

Result<std::optional<StoredAnswer>> find_answer(const ProgramRunner& run, const Idempotency& request) {
  plan::RowSets rows;
  const sql::Program program = make_program(kFind, {request.principal, request.key, request.now_us});
  if (auto found = run(program, rows); !found) return fail(std::move(found.error()));
  if (rows[0].rows() == 0) return std::nullopt;
  if (text_at(rows[0], 0) != request.payload_hash) return fail(idempotency_mismatch_error());
  StoredAnswer answer;
  answer.status = static_cast<int>(rows[0].at(0, 1).view().integer);
  answer.headers = text_at(rows[0], 2);
  answer.body = text_at(rows[0], 3);
  return answer;
}

Result<StoredAnswer> store_answer(const ProgramRunner& run, const Idempotency& request, const plan::RowSets& rows, const Limits& limits) {
  StoredAnswer answer = request.make_answer ? request.make_answer(rows) : StoredAnswer{};
  Datum body;
  if (static_cast<std::int64_t>(answer.body.size()) <= limits.idempotency_answer_bytes) body = answer.body;
  plan::RowSets none;
  // An expired answer under the same key may still lie there.
  const sql::Program remove = make_program(kRemove, {request.principal, request.key});
  const sql::Program store = make_program(kStore, {request.principal, request.key, request.payload_hash, static_cast<std::int64_t>(answer.status),
                                                   answer.headers, body, request.expires_us});
  if (auto removed = run(remove, none); !removed) return fail(std::move(removed.error()));
  if (auto stored = run(store, none); !stored) return fail(std::move(stored.error()));
  return answer;
}

Result<void> purge_answers(const ProgramRunner& run, std::int64_t now_us) {
  plan::RowSets none;
  return run(make_program(kPurge, {now_us}), none);
}

}  // namespace kingpost::store
