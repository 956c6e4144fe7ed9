#include "databases.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "kingpost/dialect/codec.hpp"
#include "kingpost/dialect/schema.hpp"
#include "kingpost/plan/plan.hpp"
#include "kingpost/protocol/rest/answer.hpp"
#include "kingpost/sql/sql.hpp"
#include "kingpost/store/store.hpp"
#include "kingpost/store/test_postgres.hpp"
#include "kingpost/store/test_program.hpp"

namespace kingpost::contract {
namespace {

namespace rest = protocol::rest;

std::string schema_script(const ir::System& system, dialect::Database database) {
  const auto schema = dialect::build_schema(system, database);
  if (!schema) throw std::runtime_error("schema: " + schema.error().message);
  std::string script;
  for (const auto& statement : dialect::create_statements(*schema)) script += statement + ";\n";
  return script;
}

/// Runs the way of a request from neutral form to rows over one store.
class StoreRunner {
 public:
  explicit StoreRunner(std::unique_ptr<store::Store> opened) : store_(std::move(opened)), lane_(store_->open_lane(loop_.poster())) {}

  Answer call(const Suite& suite, const Exchange& exchange) {
    Answer answer;
    if (auto done = run(suite, exchange, answer); !done) rest::answer_error(done.error(), exchange.target, answer.response);
    lane_->end_tick();
    return answer;
  }

 private:
  Result<void> run(const Suite& suite, const Exchange& exchange, Answer& answer) {
    const auto& principal = suite.callers.at(exchange.caller);
    const auto call = read_call(exchange, limits_);
    if (!call) return fail(call.error());
    const auto plan = plan::make_plan(call->request, principal, *suite.system, limits_);
    if (!plan) return fail(plan.error());
    auto made = sql::render_program(*plan, *suite.system, store_->database(), limits_);
    if (!made) return fail(made.error());
    answer.statements =
        static_cast<std::size_t>(std::count_if(made->steps.begin(), made->steps.end(), [](const sql::Step& step) { return !step.after_violation; }));
    store::Job job;
    job.program = std::make_shared<const sql::Program>(std::move(*made));
    auto binding = sql::bind_request(*job.program, call->request, principal, *suite.system, kNowUs);
    if (!binding) return fail(binding.error());
    job.binding = std::move(*binding);
    rest::AnswerContext context;
    context.layout = &job.program->layout;
    context.contract = plan->contract;
    context.database = store_->database();
    context.page_rows = static_cast<std::uint64_t>(limits_.page_rows);
    const auto program = job.program;
    auto outcome = loop_.wait(*lane_, std::move(job));
    if (!outcome) return fail(outcome.error());
    return rest::answer_rows(*call, context, outcome->rows, answer.response);
  }

  Limits limits_;
  store::TestLoop loop_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Lane> lane_;
};

class SqliteBackend final : public Backend {
 public:
  std::string name() const override { return "sqlite"; }

  void reset(const Suite& suite) override {
    runner_.reset();
    const auto path = directory_.file(std::to_string(++files_) + ".db");
    const auto script = "PRAGMA synchronous = OFF;\nBEGIN;\n" + schema_script(*suite.system, dialect::Database::kSqlite) +
                        seed_script(suite, dialect::Database::kSqlite) + "COMMIT;\n";
    if (!store::make_sqlite_file(path, script)) throw std::runtime_error("SQLite refuses the schema or the rows:\n" + script);
    auto opened = store::open_sqlite(path, Limits{});
    if (!opened) throw std::runtime_error(opened.error().message);
    runner_ = std::make_unique<StoreRunner>(std::move(*opened));
  }
  Answer call(const Suite& suite, const Exchange& exchange) override { return runner_->call(suite, exchange); }

 private:
  store::TestDirectory directory_;
  std::unique_ptr<StoreRunner> runner_;
  int files_ = 0;
};

class PostgresBackend final : public Backend {
 public:
  explicit PostgresBackend(std::unique_ptr<store::TestPostgres> server) : server_(std::move(server)) {}

  std::string name() const override { return "postgres"; }

  void reset(const Suite& suite) override {
    auto& database = databases_[suite.name];
    if (database.url.empty()) {
      database.url = server_->create_database("contract_" + suite.name);
      execute(database.url, schema_script(*suite.system, dialect::Database::kPostgres));
      auto opened = store::open_store(database.url, Limits{});
      if (!opened) throw std::runtime_error(opened.error().message);
      database.runner = std::make_unique<StoreRunner>(std::move(*opened));
    }
    std::string empty = "TRUNCATE ";
    for (const auto& entity : suite.system->entities) empty += (empty.size() > 9 ? ", " : "") + dialect::quote_name(entity.table);
    execute(database.url, empty + ";\n" + seed_script(suite, dialect::Database::kPostgres));
  }
  Answer call(const Suite& suite, const Exchange& exchange) override { return databases_[suite.name].runner->call(suite, exchange); }

 private:
  struct Database {
    std::string url;
    std::unique_ptr<StoreRunner> runner;
  };

  static void execute(const std::string& url, const std::string& script) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), script.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return;
    throw std::runtime_error(std::string(PQerrorMessage(connection.get())) + "\n" + script);
  }

  std::unique_ptr<store::TestPostgres> server_;
  std::map<std::string, Database> databases_;
};

}  // namespace

std::string seed_script(const Suite& suite, dialect::Database database) {
  std::string script;
  for (const auto& row : suite.rows) {
    const auto& entity = suite.system->entity(suite.system->find_entity(row.entity));
    std::string names;
    std::string values;
    for (const auto& [name, raw] : row.values) {
      const auto id = entity.find_column(name);
      if (!id.valid()) throw std::runtime_error("no column " + row.entity + "." + name);
      const auto& field = entity.field(id);
      const auto datum = dialect::encode(raw, field.type, field.storage, {suite.system.get(), database});
      if (!datum) throw std::runtime_error(row.entity + "." + name + ": " + datum.error().message);
      names += (names.empty() ? "" : ", ") + dialect::quote_name(name);
      values += (values.empty() ? "" : ", ") + dialect::print_literal(*datum, field.type, field.storage, database);
    }
    script += "INSERT INTO " + dialect::quote_name(entity.table) + " (" + names + ") VALUES (" + values + ");\n";
  }
  return script;
}

std::unique_ptr<Backend> make_sqlite_backend() { return std::make_unique<SqliteBackend>(); }

std::unique_ptr<Backend> make_postgres_backend() {
  auto server = store::TestPostgres::start();
  if (server == nullptr) return nullptr;
  return std::make_unique<PostgresBackend>(std::move(server));
}

}  // namespace kingpost::contract
