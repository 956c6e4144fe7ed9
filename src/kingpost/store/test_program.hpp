#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/store/store.hpp"

namespace kingpost::store {

/// Writes Programs by hand for tests. Statements use $1, $2, … in order of their first appearance, which both databases read alike.
class TestProgram {
 public:
  static TestProgram read() { return TestProgram(sql::Lane::kFastRead); }
  static TestProgram slow_read() { return TestProgram(sql::Lane::kSlowRead); }
  static TestProgram write() { return TestProgram(sql::Lane::kWrite); }

  TestProgram& step(std::string text) {
    sql::Step step;
    step.sql = std::move(text);
    program_.steps.push_back(std::move(step));
    binding_.steps.emplace_back();
    return *this;
  }
  TestProgram& value(Datum datum, ir::Scalar scalar = ir::Scalar::kText) {
    sql::BoundValue bound;
    bound.scalar = std::move(datum);
    return param(sql::ParamKind::kValue, scalar, {}, std::move(bound));
  }
  TestProgram& list(std::vector<Datum> items, const std::string& type, ir::Scalar scalar = ir::Scalar::kText) {
    sql::BoundValue bound;
    bound.is_list = true;
    bound.list = std::move(items);
    return param(sql::ParamKind::kList, scalar, type, std::move(bound));
  }
  TestProgram& keys(std::uint32_t step, std::uint32_t column, const std::string& type, ir::Scalar scalar = ir::Scalar::kText) {
    param(sql::ParamKind::kKeys, scalar, type, {});
    program_.steps.back().params.back().step = step;
    program_.steps.back().params.back().column = column;
    return *this;
  }
  TestProgram& expect(sql::AssertionKind kind, std::uint64_t count, const std::string& code) {
    sql::Assertion assertion;
    assertion.kind = kind;
    assertion.count = count;
    assertion.error = make_error(ErrorKind::kFailedPrecondition, code, "The assertion does not hold.");
    program_.steps.back().assertions.push_back(std::move(assertion));
    return *this;
  }
  TestProgram& max_rows(std::uint64_t count) {
    program_.max_rows = count;
    return *this;
  }
  TestProgram& serializable() {
    program_.isolation = sql::Isolation::kSerializable;
    return *this;
  }

  [[nodiscard]] Job job() const {
    Job job;
    job.program = std::make_shared<const sql::Program>(program_copy());
    job.binding = binding_;
    return job;
  }
  [[nodiscard]] const sql::Program& program() const { return program_; }
  [[nodiscard]] sql::Binding& binding() { return binding_; }

 private:
  explicit TestProgram(sql::Lane lane) { program_.lane = lane; }
  TestProgram& param(sql::ParamKind kind, ir::Scalar scalar, const std::string& type, sql::BoundValue bound) {
    sql::Param param;
    param.kind = kind;
    param.type.scalar = scalar;
    param.list_type = type;
    program_.steps.back().params.push_back(std::move(param));
    binding_.steps.back().push_back(std::move(bound));
    return *this;
  }
  /// Layouts are not copyable; test Programs have none.
  [[nodiscard]] sql::Program program_copy() const {
    sql::Program copy;
    copy.lane = program_.lane;
    copy.isolation = program_.isolation;
    copy.max_rows = program_.max_rows;
    copy.steps = program_.steps;
    return copy;
  }

  sql::Program program_;
  sql::Binding binding_;
};

/// A loop that runs what is posted to it, on the thread of its owner.
class TestLoop {
 public:
  [[nodiscard]] Poster poster() {
    return [this](std::function<void()> work) {
      // Under the lock: once the loop has the work it may be gone.
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
      ready_.notify_one();
    };
  }
  /// Waits for one posted function and runs it.
  void run_one() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return !work_.empty(); });
    const std::function<void()> work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
  }
  /// Submits a job and runs the loop until it is answered.
  [[nodiscard]] Result<Outcome> wait(Lane& lane, Job job) {
    std::optional<Result<Outcome>> answer;
    lane.submit(std::move(job), [&answer](Result<Outcome> result) { answer = std::move(result); });
    while (!answer) run_one();
    return std::move(*answer);
  }
  /// Submits all jobs, then runs the loop until all are answered, in the order of `jobs`.
  [[nodiscard]] std::vector<Result<Outcome>> wait_all(Lane& lane, std::vector<Job> jobs) {
    std::vector<std::optional<Result<Outcome>>> answers(jobs.size());
    std::size_t open = jobs.size();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      lane.submit(std::move(jobs[i]), [&answers, &open, i](Result<Outcome> result) {
        answers[i] = std::move(result);
        --open;
      });
    }
    while (open != 0) run_one();
    std::vector<Result<Outcome>> results;
    for (auto& answer : answers) results.push_back(std::move(*answer));
    return results;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> work_;
};

/// An empty directory that goes with the object.
class TestDirectory {
 public:
  TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  ~TestDirectory();
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Makes a SQLite file with the given script; false when that failed.
[[nodiscard]] bool make_sqlite_file(const std::string& path, const std::string& script);
/// Runs a script in a PostgreSQL database; false when that failed.
[[nodiscard]] bool run_postgres_script(const std::string& url, const std::string& script);

[[nodiscard]] inline std::string cell_text(const plan::RowSet& rows, std::size_t row, std::size_t column) {
  const CellView cell = rows.at(row, column).view();
  if (cell.kind == CellView::Kind::kNull) return "null";
  if (cell.kind == CellView::Kind::kInt) return std::to_string(cell.integer);
  if (cell.kind == CellView::Kind::kReal) return std::to_string(cell.real);
  return std::string(cell.bytes);
}

}  // namespace kingpost::store
