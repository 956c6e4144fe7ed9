#include "kingpost/store/postgres_session.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "kingpost/dialect/dialect.hpp"
#include "kingpost/store/assertions.hpp"
#include "kingpost/store/idempotency.hpp"
#include "kingpost/store/postgres_error.hpp"
#include "kingpost/store/sql_error.hpp"
#include "kingpost/store/steady_time.hpp"

namespace kingpost::store {
namespace {

constexpr int kBinaryFormat = 1;
constexpr int kAttempts = 4;
constexpr std::int64_t kMinPauseUs = 50'000;
constexpr std::int64_t kMaxPauseUs = 2'000'000;
constexpr std::int64_t kMicrosPerMilli = 1'000;
constexpr std::int64_t kRetryPauseUs = 2'000;
constexpr std::int64_t kPingTimeoutMs = 1'000;
/// Of our connection, not of a request. The sort order and every conversion of times must not depend on the server's settings.
constexpr const char* kSessionSettings =
    "set jit = off; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set standard_conforming_strings = on; set client_min_messages = warning; "
    "set extra_float_digits = 1";

std::string field(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string{} : std::string(text);
}

bool is_transient(const Error& error) { return error.code == "40001" || error.code == "40P01"; }

/// The table behind a cached plan changed, or the server forgot the statement (a pooler in between).
bool is_stale_statement(const Error& error) { return error.code == "0A000" || error.code == "26000"; }

const char* isolation_of(const sql::Program& program) {
  if (program.lane != sql::Lane::kWrite) return "isolation level repeatable read read only";
  return program.isolation == sql::Isolation::kSerializable ? "isolation level serializable" : "isolation level read committed";
}

PostgresText bind_param(const sql::Param& param, const sql::BoundValue* value, const plan::RowSets& rows) {
  const std::string_view element = param.list_type.empty() ? dialect::postgres_type(param.type, param.storage) : std::string_view(param.list_type);
  if (param.kind == sql::ParamKind::kKeys) {
    if (param.step >= rows.size() || rows[param.step].columns() <= param.column) return {"{}", false};
    return {encode_postgres_array(rows[param.step], param.column, element), false};
  }
  if (param.kind == sql::ParamKind::kConstant) return encode_postgres(param.constant, element);
  if (value == nullptr) return {{}, true};
  if (value->is_list) return {encode_postgres_array(value->list, element), false};
  return encode_postgres(value->scalar, element);
}

}  // namespace

Result<void> check_postgres_url(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(url.c_str(), nullptr), PQconninfoFree);
  if (options == nullptr) return fail(ErrorKind::kInvalidArgument, "kp-database-url", "The database URL is malformed.");
  return {};
}

PostgresSession::PostgresSession(std::string url, const Limits& limits) : url_(std::move(url)), limits_(limits) {}

PostgresSession::~PostgresSession() { disconnect(); }

void PostgresSession::disconnect() {
  entries_.clear();
  by_sql_.clear();
  lost_ = false;
  if (connection_ != nullptr) PQfinish(connection_);
  connection_ = nullptr;
}

Result<void> PostgresSession::connect() {
  if (connection_ != nullptr && !lost_ && PQstatus(connection_) == CONNECTION_OK) return {};
  const std::int64_t now = steady_now_us();
  if (now < next_connect_us_) return fail(database_down_error("the connection was lost and is tried again soon"));
  disconnect();
  if (auto checked = check_postgres_url(url_); !checked) return checked;
  // Names before dbname are defaults that the URL may override, those after it are ours.
  const char* names[] = {"connect_timeout", "fallback_application_name", "dbname", "client_encoding", nullptr};
  const char* values[] = {"5", "kingpost", url_.c_str(), "UTF8", nullptr};
  connection_ = PQconnectdbParams(names, values, 1);
  if (PQstatus(connection_) == CONNECTION_OK) {
    if (auto set = execute(kSessionSettings); !set) return set;
    connect_pause_us_ = 0;
    return {};
  }
  connect_pause_us_ = std::clamp(connect_pause_us_ * 2, kMinPauseUs, kMaxPauseUs);
  next_connect_us_ = steady_now_us() + connect_pause_us_;
  Error error = database_down_error(PQerrorMessage(connection_));
  disconnect();
  return fail(std::move(error));
}

Result<void> PostgresSession::check(const pg_result* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return {};
  PostgresFault fault{field(result, PG_DIAG_SQLSTATE), field(result, PG_DIAG_MESSAGE_PRIMARY), field(result, PG_DIAG_MESSAGE_DETAIL)};
  const bool goodbye = fault.sqlstate.starts_with("57P") || fault.sqlstate.starts_with("08");
  if (fault.sqlstate.empty() || goodbye || PQstatus(connection_) != CONNECTION_OK) {
    lost_ = true;
    return fail(database_down_error(PQerrorMessage(connection_)));
  }
  return fail(postgres_error(fault));
}

Result<void> PostgresSession::execute(const std::string& sql) {
  const ResultPtr result(PQexec(connection_, sql.c_str()), PQclear);
  return check(result.get());
}

void PostgresSession::forget_statements() {
  static_cast<void>(execute("deallocate all"));
  entries_.clear();
  by_sql_.clear();
}

Result<std::string> PostgresSession::prepare(const std::string& sql) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->name;
  }
  if (static_cast<std::int64_t>(entries_.size()) >= limits_.statement_cache) {
    auto dropped = execute("deallocate " + entries_.back().name);
    if (!dropped) return fail(std::move(dropped.error()));
    by_sql_.erase(entries_.back().sql);
    entries_.pop_back();
  }
  std::string name = fmt::format("kp{}", next_name_++);
  const ResultPtr result(PQprepare(connection_, name.c_str(), sql.c_str(), 0, nullptr), PQclear);
  if (auto checked = check(result.get()); !checked) return fail(std::move(checked.error()));
  entries_.push_front({sql, name});
  by_sql_.emplace(entries_.front().sql, entries_.begin());
  return name;
}

Result<void> PostgresSession::store_rows(const pg_result* result, plan::RowSet& rows) const {
  const int columns = PQnfields(result);
  rows.reset(static_cast<std::size_t>(columns));
  if (columns == 0) {
    const char* count = PQcmdTuples(const_cast<pg_result*>(result));  // libpq's signature; it only reads
    rows.set_bare_rows(static_cast<std::size_t>(std::strtoull(count, nullptr, 10)));
    return {};
  }
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        rows.push_null();
        continue;
      }
      const std::string_view bytes(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
      if (auto decoded = decode_postgres(PQftype(result, column), bytes, rows); !decoded) return decoded;
    }
  }
  return {};
}

Result<void> PostgresSession::run_step(const sql::Program& program, std::size_t index, const sql::Binding& binding, plan::RowSets& rows) {
  const sql::Step& step = program.steps[index];
  auto name = prepare(step.sql);
  if (!name) return fail(std::move(name.error()));
  Arguments arguments;
  for (std::size_t i = 0; i < step.params.size(); ++i) {
    const bool bound = index < binding.steps.size() && i < binding.steps[index].size();
    arguments.texts.push_back(bind_param(step.params[i], bound ? &binding.steps[index][i] : nullptr, rows));
  }
  for (const PostgresText& text : arguments.texts) arguments.pointers.push_back(text.is_null ? nullptr : text.text.c_str());
  const ResultPtr result(PQexecPrepared(connection_, name->c_str(), static_cast<int>(arguments.pointers.size()), arguments.pointers.data(), nullptr,
                                        nullptr, kBinaryFormat),
                         PQclear);
  if (auto checked = check(result.get()); !checked) return checked;
  if (program.max_rows != 0 && static_cast<std::uint64_t>(PQntuples(result.get())) > program.max_rows) return fail(row_limit_error(program.max_rows));
  if (auto stored = store_rows(result.get(), rows[index]); !stored) return stored;
  return check_assertions(step, binding, rows[index]);
}

/// What a failed run answers: its error, or that of the step that decides about violations. Nothing of the run is left by then, so that step has
/// a transaction of its own, which the caller ends like any that failed.
Error PostgresSession::judge_failure(const sql::Program& program, const sql::Binding& binding, plan::RowSets& rows, Error error) {
  const auto& steps = program.steps;
  if (steps.empty() || !steps.back().after_violation || !is_constraint_violation(error)) return error;
  roll_back();
  auto judged = execute(fmt::format("begin isolation level repeatable read read only; set local statement_timeout = {}", timeout_ms_));
  if (judged) judged = run_step(program, steps.size() - 1, binding, rows);
  return judged ? std::move(error) : std::move(judged.error());
}

Result<void> PostgresSession::run_program(const sql::Program& program, const sql::Binding& binding, plan::RowSets& rows) {
  if (!program.prelude.empty()) {
    return fail(ErrorKind::kUnimplemented, "PGRST127", "Settings before a statement are not supported by this store.");
  }
  rows.resize(program.steps.size());
  std::int64_t bytes = 0;
  for (std::size_t index = 0; index < program.steps.size(); ++index) {
    if (program.steps[index].after_violation) break;
    if (auto done = run_step(program, index, binding, rows); !done) return fail(judge_failure(program, binding, rows, std::move(done.error())));
    bytes += static_cast<std::int64_t>(rows[index].bytes());
    if (bytes > limits_.response_bytes) return fail(byte_limit_error(static_cast<std::uint64_t>(limits_.response_bytes)));
  }
  return {};
}

/// Whoever holds the key's lock is at work on it; waiting for him (as ON CONFLICT would) would hold a connection.
Result<void> PostgresSession::take_idempotency_lock(const Idempotency& idempotency) {
  sql::Program program;
  program.steps.emplace_back();
  program.steps[0].sql = "select pg_try_advisory_xact_lock(hashtextextended($1, 0))";
  program.steps[0].params.emplace_back();
  program.steps[0].params[0].constant = "kingpost\n" + idempotency.principal + "\n" + idempotency.key;
  plan::RowSets rows;
  if (auto done = run_program(program, {}, rows); !done) return done;
  if (rows[0].at(0, 0).view().integer == 0) return fail(idempotency_in_flight_error());
  return {};
}

Result<Outcome> PostgresSession::run_in_transaction(const Job& job) {
  const ProgramRunner runner = [this](const sql::Program& program, plan::RowSets& rows) { return run_program(program, {}, rows); };
  Outcome outcome;
  if (job.idempotency) {
    if (auto locked = take_idempotency_lock(*job.idempotency); !locked) return fail(std::move(locked.error()));
    auto found = find_answer(runner, *job.idempotency);
    if (!found) return fail(std::move(found.error()));
    if (*found) {
      outcome.replayed = std::move(*found);
      return outcome;
    }
  }
  if (auto done = run_program(*job.program, job.binding, outcome.rows); !done) return fail(std::move(done.error()));
  if (job.idempotency) {
    auto stored = store_answer(runner, *job.idempotency, outcome.rows, limits_);
    if (!stored) return fail(std::move(stored.error()));
    outcome.stored = std::move(*stored);
  }
  return outcome;
}

void PostgresSession::roll_back() {
  if (connection_ == nullptr || lost_ || PQstatus(connection_) != CONNECTION_OK) return;
  if (PQtransactionStatus(connection_) != PQTRANS_IDLE) static_cast<void>(execute("rollback"));
}

Result<Outcome> PostgresSession::attempt(const Job& job, bool& began) {
  began = false;
  const std::int64_t left_ms = job.deadline_us == 0 ? limits_.request_timeout_ms : (job.deadline_us - steady_now_us()) / kMicrosPerMilli;
  if (left_ms <= 0) return fail(deadline_error());
  timeout_ms_ = left_ms;
  if (auto begun = execute(fmt::format("begin {}; set local statement_timeout = {}", isolation_of(*job.program), left_ms)); !begun) {
    return fail(std::move(begun.error()));
  }
  began = true;
  Result<Outcome> outcome = run_in_transaction(job);
  if (!outcome) {
    roll_back();
    return outcome;
  }
  if (auto committed = execute("commit"); !committed) {
    roll_back();
    return fail(std::move(committed.error()));
  }
  return outcome;
}

Result<Outcome> PostgresSession::run(const Job& job) {
  for (int tries = 1;; ++tries) {
    if (auto connected = connect(); !connected) return fail(std::move(connected.error()));
    bool began = false;
    Result<Outcome> outcome = attempt(job, began);
    if (outcome || tries == kAttempts || job.program->retry == sql::RetryClass::kNever) return outcome;
    const Error& error = outcome.error();
    if (is_stale_statement(error)) {
      forget_statements();
    } else if (is_transient(error)) {
      std::this_thread::sleep_for(std::chrono::microseconds(kRetryPauseUs << tries));
    } else if (error.code != "kp-database-down" || began) {
      // A connection that is lost later may have committed, so only the caller can decide to ask again.
      return outcome;
    }
  }
}

Result<void> PostgresSession::make_idempotency_table() {
  if (auto connected = connect(); !connected) return connected;
  const ResultPtr found(PQexec(connection_, "select 1 where to_regclass('_kingpost_idempotency') is not null"), PQclear);
  if (auto checked = check(found.get()); !checked) return checked;
  if (PQntuples(found.get()) > 0) return {};
  // Two nodes may start at once; CREATE TABLE IF NOT EXISTS alone is no protection against that.
  std::string script = "begin; select pg_advisory_xact_lock(hashtextextended('kingpost idempotency table', 0));";
  for (const std::string& statement : idempotency_ddl(dialect::Database::kPostgres)) script += statement + ";";
  auto made = execute(script + "commit");
  if (!made) roll_back();
  return made;
}

Result<void> PostgresSession::ping() {
  // A connection that died while it was idle says nothing about the server, so the second try is on a fresh one.
  Result<void> answered;
  for (int tries = 0; tries < 2; ++tries) {
    if (auto connected = connect(); !connected) return connected;
    answered = execute(fmt::format("begin read only; set local statement_timeout = {}; select 1; commit", kPingTimeoutMs));
    if (answered) return answered;
    roll_back();
  }
  return answered;
}

Result<std::string> PostgresSession::explain(const sql::Step& step, const std::vector<sql::BoundValue>& values) {
  if (auto connected = connect(); !connected) return fail(std::move(connected.error()));
  Arguments arguments;
  for (std::size_t i = 0; i < step.params.size(); ++i) {
    arguments.texts.push_back(bind_param(step.params[i], i < values.size() ? &values[i] : nullptr, {}));
  }
  for (const PostgresText& text : arguments.texts) arguments.pointers.push_back(text.is_null ? nullptr : text.text.c_str());
  // A step that asks the planner is told as what it asks about.
  constexpr std::string_view kPlanner = "EXPLAIN (FORMAT JSON) ";
  const std::string sql = "explain (costs off) " + (step.sql.starts_with(kPlanner) ? step.sql.substr(kPlanner.size()) : step.sql);
  const ResultPtr result(
      PQexecParams(connection_, sql.c_str(), static_cast<int>(arguments.pointers.size()), nullptr, arguments.pointers.data(), nullptr, nullptr, 0),
      PQclear);
  if (auto checked = check(result.get()); !checked) return fail(std::move(checked.error()));
  std::string text;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    if (row != 0) text += '\n';
    text += PQgetvalue(result.get(), row, 0);
  }
  return text;
}

}  // namespace kingpost::store
