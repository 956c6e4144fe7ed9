#include "kingpost/seed/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "kingpost/base/clock.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/sql/program.hpp"

namespace kingpost::seed {
namespace {

constexpr std::size_t kBatchRows = 1'000;
constexpr std::size_t kBatchesAhead = 4;
constexpr std::int64_t kDeadlineUs = 600'000'000;

std::vector<const ir::Field*> stored_fields(const ir::Entity& entity) {
  std::vector<const ir::Field*> fields;
  for (const ir::Field& field : entity.fields) {
    if (field.stored()) fields.push_back(&field);
  }
  return fields;
}

/// One INSERT that takes a list per column.
std::string insert_text(const ir::Entity& entity, const std::vector<const ir::Field*>& fields, bool sqlite) {
  std::string columns;
  std::string values;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i != 0) columns += ", ";
    dialect::append_name(columns, fields[i]->column);
    if (i != 0) values += ", ";
    if (!sqlite) {
      values += fmt::format("${}::{}[]", i + 1, dialect::postgres_type(fields[i]->type, fields[i]->storage));
    } else if (i == 0) {
      values += "r.value";
    } else {
      values += fmt::format("(SELECT value FROM kp_list(?{}) WHERE position = r.position)", i + 1);
    }
  }
  const std::string table = dialect::quote_name(entity.table);
  if (!sqlite) return fmt::format("INSERT INTO {}({}) SELECT * FROM unnest({})", table, columns, values);
  return fmt::format("INSERT INTO {}({}) SELECT {} FROM kp_list(?1) AS r WHERE TRUE", table, columns, values);
}

sql::Program write_program(dialect::Database database) {
  sql::Program program;
  program.lane = sql::Lane::kWrite;
  program.database = database;
  program.steps.emplace_back();
  return program;
}

sql::ProgramPtr insert_program(const ir::Entity& entity, dialect::Database database) {
  const auto fields = stored_fields(entity);
  sql::Program program = write_program(database);
  sql::Step& step = program.steps.front();
  step.sql = insert_text(entity, fields, database == dialect::Database::kSqlite);
  step.writes = true;
  step.purpose = "seed " + entity.name;
  for (const ir::Field* field : fields) {
    sql::Param param;
    param.kind = sql::ParamKind::kRows;
    param.column = static_cast<std::uint32_t>(step.params.size());
    param.type = field->type;
    param.storage = field->storage;
    param.list_type = dialect::postgres_type(field->type, field->storage);
    step.params.push_back(std::move(param));
  }
  // A database that numbers rows itself goes on after the ones that were given.
  for (const ir::Field* field : fields) {
    if (database != dialect::Database::kPostgres || field->generated != ir::Generated::kAutoIncrement) continue;
    program.steps.emplace_back();
    const std::string column = dialect::quote_name(field->column);
    const std::string table = dialect::quote_name(entity.table);
    program.steps.back().sql = fmt::format("SELECT setval(pg_get_serial_sequence({}, {}), (SELECT max({}) FROM {}))",
                                           dialect::quote_text(table, database), dialect::quote_text(field->column, database), column, table);
  }
  return std::make_shared<const sql::Program>(std::move(program));
}

}  // namespace

/// Runs what the store's threads post, on the caller's thread.
class Loader::Loop {
 public:
  [[nodiscard]] store::Poster poster() {
    return [this](std::function<void()> work) {
      // Under the lock: once the loop has the work it may be gone.
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
      ready_.notify_one();
    };
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return !work_.empty(); });
    const std::function<void()> work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> work_;
};

Loader::Loader(const ir::System& system, store::Store& store)
    : system_(system), store_(store), loop_(std::make_unique<Loop>()), lane_(store.open_lane(loop_->poster())) {}

Loader::~Loader() = default;

Result<store::Outcome> Loader::run(store::Job job) {
  std::optional<Result<store::Outcome>> answer;
  job.deadline_us = SystemClock{}.steady_us() + kDeadlineUs;
  lane_->submit(std::move(job), [&answer](Result<store::Outcome> result) { answer = std::move(result); });
  while (!answer) loop_->run_one();
  return std::move(*answer);
}

Result<bool> Loader::is_empty(const ir::Entity& entity) {
  sql::Program program = write_program(store_.database());
  program.lane = sql::Lane::kSlowRead;
  program.steps.front().sql = fmt::format("SELECT 1 FROM {} LIMIT 1", dialect::quote_name(entity.table));
  store::Job job;
  job.program = std::make_shared<const sql::Program>(std::move(program));
  job.binding.steps.emplace_back();
  auto outcome = run(std::move(job));
  if (!outcome) return fail(std::move(outcome.error()));
  return outcome->rows.front().rows() == 0;
}

Result<sql::Binding> Loader::encode_batch(const ir::Entity& entity, const std::vector<Row>& rows, std::size_t first, std::size_t last) const {
  const dialect::EncodeContext context{&system_, store_.database()};
  sql::Binding binding;
  binding.row_count = last - first;
  binding.steps.resize(1);
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    const ir::Field& field = entity.fields[i];
    if (!field.stored()) continue;
    sql::BoundValue column;
    column.is_list = true;
    column.list.reserve(last - first);
    for (std::size_t row = first; row < last; ++row) {
      auto datum = dialect::encode(rows[row][i], field.type, field.storage, context);
      if (!datum) {
        Error error = datum.error();
        error.message = fmt::format("A seeded value of {}.{} does not fit: {}", entity.name, field.name, error.message);
        return fail(std::move(error));
      }
      column.list.push_back(std::move(*datum));
    }
    binding.steps[0].push_back(std::move(column));
  }
  return binding;
}

Result<void> Loader::load(const ir::Entity& entity, const std::vector<Row>& rows, const std::function<void(std::int64_t)>& wrote) {
  const sql::ProgramPtr program = insert_program(entity, store_.database());
  std::size_t open = 0;
  std::optional<Error> failure;
  for (std::size_t first = 0; first < rows.size() && !failure; first += kBatchRows) {
    const std::size_t last = std::min(rows.size(), first + kBatchRows);
    auto binding = encode_batch(entity, rows, first, last);
    if (!binding) {
      failure = std::move(binding.error());
      break;
    }
    binding->steps.resize(program->steps.size());
    store::Job job;
    job.program = program;
    job.binding = std::move(*binding);
    job.deadline_us = SystemClock{}.steady_us() + kDeadlineUs;
    ++open;
    lane_->submit(std::move(job), [&, count = last - first](Result<store::Outcome> result) {
      --open;
      if (result) return wrote(static_cast<std::int64_t>(count));
      if (!failure) failure = std::move(result.error());
    });
    // A tree's rows refer to earlier batches, and a pool of sessions would not keep the order.
    const std::size_t ahead = store_.database() == dialect::Database::kSqlite ? kBatchesAhead : 1;
    while (open >= ahead) loop_->run_one();
  }
  while (open > 0) loop_->run_one();
  if (failure) return fail(std::move(*failure));
  return {};
}

}  // namespace kingpost::seed
