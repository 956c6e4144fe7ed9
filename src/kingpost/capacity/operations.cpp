#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/capacity/demand.hpp"

namespace kingpost::capacity {
namespace {

constexpr double kSecondsADay = 86'400;
constexpr int kCommandDepth = 8;
constexpr double kIdempotencyBytes = 600;
constexpr double kOutboxBytes = 700;
constexpr double kAuditBytes = 500;

/// Whether a rule follows a relation of the row, so that each row read asks for another.
bool follows_relation(const cel::ExprPtr& rule) {
  if (rule == nullptr) return false;
  if (rule->kind == cel::ExprKind::kSelect && !rule->args.empty() && rule->args[0]->kind == cel::ExprKind::kSelect) return true;
  return std::any_of(rule->args.begin(), rule->args.end(), [](const cel::ExprPtr& arg) { return follows_relation(arg); });
}

/// Whether an expression runs over a collection.
bool runs_over_rows(const cel::ExprPtr& expr) {
  if (expr == nullptr) return false;
  if (expr->kind == cel::ExprKind::kMacro || (expr->kind == cel::ExprKind::kCall && expr->name == "size")) return true;
  return std::any_of(expr->args.begin(), expr->args.end(), [](const cel::ExprPtr& arg) { return runs_over_rows(arg); });
}

/// An operation and how often it is called.
struct Call {
  std::string name;
  Figure peak;
  Figure mean;
  bool writes = true;
  bool internal = false;
};

/// What one call asks of the database and of the network.
struct Cost {
  double statements = 0;
  double read = 0;
  double written = 0;
  double index_writes = 0;
  double bytes_written = 0;
  double answer = 0;
  std::map<std::size_t, std::pair<double, double>> touched;  ///< rows read and written, by entity
  std::map<std::size_t, double> emits;                       ///< events
};

class LoadDeriver {
 public:
  LoadDeriver(const ir::System& system, Demand& demand, const Assumptions& assume, const Shapes& shapes)
      : system_(system), demand_(demand), assume_(assume), shapes_(shapes) {}

  void derive() {
    if (system_.load && !system_.load->peaks.empty()) {
      declared_peaks();
    } else {
      assumed_peaks();
    }
    growth_creates();
    engine();
    for (auto& operation : demand_.operations) total(operation);
  }

 private:
  [[nodiscard]] double by(Input input) const { return assume_[input]; }
  [[nodiscard]] double rate_scale() const { return by(Input::kPeaksScale) * demand_.factor; }

  void read_rows(Cost& cost, const ir::Entity& entity, double rows) {
    cost.statements += 1;
    const double policy = follows_relation(entity.access.read) ? rows : 0;
    cost.read += rows + policy;
    cost.touched[entity.id.index()].first += rows;
  }

  /// `indexes`: an update that leaves indexed columns alone writes no entries (heap-only tuple; SQLite leaves such indexes too).
  void write_rows(Cost& cost, const ir::Entity& entity, double rows, bool indexes) {
    const EntityShape& shape = shapes_[entity.id.index()];
    cost.statements += 1;
    cost.written += rows;
    cost.bytes_written += rows * shape.table.item_bytes;
    cost.touched[entity.id.index()].second += rows;
    if (indexes) {
      cost.index_writes += rows * static_cast<double>(shape.indexes.size());
      for (const auto& index : shape.indexes) cost.bytes_written += rows * index.item_bytes;
    }
    if (!entity.audit) return;
    cost.written += rows;
    cost.index_writes += rows;
    cost.bytes_written += rows * kAuditBytes;
  }

  void step_cost(Cost& cost, const ir::Step& step, int depth) {
    const double rows = step.each != nullptr ? by(Input::kChildren) : 1;
    const auto entity = [&]() -> const ir::Entity& { return system_.entity(step.entity); };
    switch (step.kind) {
      case ir::StepKind::kLock:
        cost.statements += 1;
        cost.read += 1;
        break;
      case ir::StepKind::kRequire:
        cost.statements += 1;
        cost.read += runs_over_rows(step.target) ? by(Input::kChildren) : 1;
        break;
      case ir::StepKind::kCreate:
        if (step.entity.valid()) write_rows(cost, entity(), rows, true);
        for (const auto& one : step.set) cost.read += runs_over_rows(one.value) ? by(Input::kChildren) : 0;
        break;
      case ir::StepKind::kUpdate:
      case ir::StepKind::kMove:
        cost.read += rows;
        if (step.entity.valid()) write_rows(cost, entity(), rows, false);
        break;
      case ir::StepKind::kDelete: {
        const double gone = step.each != nullptr || step.where != nullptr ? by(Input::kChildren) : 1;
        cost.read += gone;
        if (step.entity.valid()) write_rows(cost, entity(), gone, true);
        break;
      }
      case ir::StepKind::kEmit:
        cost.statements += 1;
        cost.written += rows;
        cost.index_writes += rows;
        cost.bytes_written += rows * kOutboxBytes;
        if (step.event.valid()) cost.emits[step.event.index()] += rows;
        break;
      case ir::StepKind::kCommand:
        if (step.command.valid() && depth < kCommandDepth) command_cost(cost, system_.commands[step.command.index()], depth + 1);
        break;
      case ir::StepKind::kHttp:
        break;
    }
  }

  void command_cost(Cost& cost, const ir::Command& command, int depth) {
    cost.statements += 2;  // BEGIN with the caller's settings, COMMIT
    if (command.allow != nullptr && follows_relation(command.allow)) {
      cost.statements += 1;
      cost.read += 1;
    }
    for (const auto& step : command.steps) step_cost(cost, step, depth);
    if (command.idempotency_required) {
      cost.statements += 1;
      cost.written += 1;
      cost.index_writes += 1;
      cost.bytes_written += kIdempotencyBytes;
    }
    if (command.returns != nullptr && depth == 0) {
      cost.statements += 1;
      cost.read += 1;
      const auto entity = command.returns->type.name.empty() ? ir::EntityId{} : system_.find_entity(command.returns->type.name);
      cost.answer += entity.valid() ? shapes_[entity.index()].json_bytes : by(Input::kJsonBytes);
    }
  }

  const ir::Command* find_command(std::string_view name) const {
    const auto found = std::find_if(system_.commands.begin(), system_.commands.end(), [&](const auto& one) { return one.name == name; });
    return found == system_.commands.end() ? nullptr : &*found;
  }

  Cost cost_of(const std::string& name, bool& writes) {
    Cost cost;
    writes = true;
    if (const auto* command = find_command(name)) {
      command_cost(cost, *command, 0);
      return cost;
    }
    const auto dot = name.rfind('.');
    const auto id = system_.find_entity(std::string_view(name).substr(0, dot));
    if (dot == std::string::npos || !id.valid()) return cost;
    const ir::Entity& entity = system_.entity(id);
    const std::string_view verb = std::string_view(name).substr(dot + 1);
    const double row = shapes_[id.index()].json_bytes;
    if (verb == "create" || verb == "update" || verb == "delete") {
      if (verb != "create") cost.read += 1;
      write_rows(cost, entity, 1, verb != "update");
      if (verb == "create") {
        // Each foreign key looks its target up.
        cost.read += static_cast<double>(
            std::count_if(entity.fields.begin(), entity.fields.end(), [](const ir::Field& field) { return field.relation.valid(); }));
      }
      cost.answer = verb == "delete" ? 0 : row;
      return cost;
    }
    writes = false;
    const double rows = verb == "get" ? 1 : by(Input::kPageRows);
    read_rows(cost, entity, rows);
    cost.answer = rows * row + 2;
    return cost;
  }

  void add(const std::string& name, Figure peak, Figure mean) {
    bool writes = true;
    const Cost cost = cost_of(name, writes);
    add_call({name, std::move(peak), std::move(mean), writes, false}, cost);
  }

  void add_call(Call call, const Cost& cost) {
    OperationLoad load;
    load.name = std::move(call.name);
    load.writes = call.writes;
    load.internal = call.internal;
    load.rows_read = cost.read;
    load.rows_written = cost.written;
    load.statements = cost.statements;
    load.index_writes = cost.index_writes;
    load.bytes_written = cost.bytes_written;
    load.answer_bytes = call.internal ? 0 : cost.answer + by(Input::kHeaderBytes);
    times(load);
    load.concurrency = call.peak.value * load.service_ms / 1e3;
    for (const auto& [entity, rows] : cost.touched) {
      demand_.entities[entity].reads_per_second += rows.first * call.peak.value;
      demand_.entities[entity].writes_per_second += rows.second * call.peak.value;
    }
    for (const auto& [event, times] : cost.emits) {
      emitted_[event].first += times * call.peak.value;
      emitted_[event].second += times * call.mean.value;
    }
    load.peak_per_second = std::move(call.peak);
    load.mean_per_second = std::move(call.mean);
    demand_.operations.push_back(std::move(load));
  }

  void times(OperationLoad& load) const {
    const double more_rows = std::max(0.0, load.rows_read - 1);
    if (demand_.database == Database::kPostgres) {
      load.cpu_ms =
          (load.statements * by(Input::kPgStatementUs) + more_rows * by(Input::kPgRowReadUs) + load.rows_written * by(Input::kPgRowWriteUs) +
           load.index_writes * by(Input::kPgIndexWriteUs) + (load.writes ? std::min(1.0, load.statements) * by(Input::kPgCommitCpuUs) : 0)) /
          1e3;
      // What does not wait for an answer before travels together; a transaction that writes waits for its commit besides.
      const double trips = load.statements > 1 ? 2 : 1;
      load.service_ms = load.cpu_ms + trips * by(Input::kRoundTripUs) / 1e3 + (load.writes ? by(Input::kPgCommitUs) / 1e3 : 0);
      load.app_cpu_ms =
          ((load.internal ? 0 : by(Input::kAppRequestUs)) + load.statements * by(Input::kAppStatementUs) + more_rows * by(Input::kAppRowUs)) / 1e3;
      return;
    }
    load.cpu_ms = (load.statements * by(Input::kSqliteRequestUs) + more_rows * by(Input::kSqliteRowReadUs) +
                   load.rows_written * by(Input::kSqliteRowWriteUs) + load.index_writes * by(Input::kSqliteIndexWriteUs)) /
                  1e3;
    load.service_ms = load.cpu_ms + (load.writes ? by(Input::kSqliteCommitUs) / std::max(1.0, by(Input::kSqliteGroup)) / 1e3 : 0);
    // The measured request holds one statement already.
    load.app_cpu_ms = (load.internal ? 0 : by(Input::kAppRequestUs)) / 1e3 + std::max(0.0, load.cpu_ms - by(Input::kSqliteRequestUs) / 1e3);
  }

  /// The entity whose declared growth a call adds one row to.
  const ir::Entity* grows(const std::string& operation) const {
    if (const auto* command = find_command(operation)) {
      for (const auto& step : command->steps) {
        if (step.kind != ir::StepKind::kCreate || step.each != nullptr || !step.entity.valid()) continue;
        const auto& entity = system_.entity(step.entity);
        if (entity.growth && entity.growth->per_day > 0) return &entity;
      }
      return nullptr;
    }
    if (!operation.ends_with(".create")) return nullptr;
    const auto id = system_.find_entity(std::string_view(operation).substr(0, operation.size() - 7));
    if (!id.valid()) return nullptr;
    const auto& entity = system_.entity(id);
    return entity.growth && entity.growth->per_day > 0 ? &entity : nullptr;
  }

  void declared_peaks() {
    for (const auto& peak : system_.load->peaks) {
      Figure rate{peak.per_second * rate_scale(), Basis::kDeclared, "load.peak " + peak.operation};
      Figure mean{rate.value / std::max(1.0, by(Input::kPeakToMean)), Basis::kAssumed, assume_.figure(Input::kPeakToMean).source};
      if (const auto* entity = grows(peak.operation)) {
        grown_.insert(entity->id.index());
        const double declared = demand_.entities[entity->id.index()].per_day / kSecondsADay;
        if (declared > rate.value) {
          demand_.notes.push_back(
              fmt::format("growth of {} says {:.3g} rows a second on average, more than the peak of {} ({:.3g} a second): one of them is wrong.",
                          entity->name, declared, peak.operation, rate.value));
        } else {
          if (declared * 20 < rate.value) {
            demand_.notes.push_back(fmt::format("{}: the declared peak is {:.0f} times the mean that growth of {} declares; check both.",
                                                peak.operation, rate.value / declared, entity->name));
          }
          mean = {declared, Basis::kDeclared, "growth.per_day of " + entity->name};
        }
      }
      add(peak.operation, std::move(rate), std::move(mean));
    }
  }

  /// What a system offers to clients that nobody sized.
  std::pair<std::vector<std::string>, std::vector<std::string>> offered() const {
    std::vector<std::string> reads;
    std::vector<std::string> writes;
    for (const auto& command : system_.commands) writes.push_back(command.name);
    for (const auto& entity : system_.entities) {
      if (entity.access.engine_only) continue;
      if (entity.access.read != nullptr) {
        reads.push_back(entity.name + ".get");
        if (entity.queries.empty()) reads.push_back(entity.name + ".list");
        for (const auto& query : entity.queries) reads.push_back(entity.name + "." + query.name);
      }
      if (entity.access.create != nullptr) writes.push_back(entity.name + ".create");
      if (entity.access.update != nullptr) writes.push_back(entity.name + ".update");
    }
    return {reads, writes};
  }

  void assumed_peaks() {
    const bool declared = system_.load && system_.load->users > 0;
    const double users = (declared ? static_cast<double>(system_.load->users) : by(Input::kUsers)) * rate_scale();
    const double mean = users * by(Input::kActiveShare) * by(Input::kRequestsPerDay) / kSecondsADay;
    demand_.notes.push_back(
        fmt::format("No peak is declared: {} users, {:g} of them on a day with {:g} requests each, shared evenly among the operations. "
                    "Add `load: {{users: …, peak: {{ENTITY.get: …/s, COMMAND: …/s}}}}`.",
                    declared ? "the declared" : "assumed", by(Input::kActiveShare), by(Input::kRequestsPerDay)));
    const auto [reads, writes] = offered();
    const auto share = [&](const std::vector<std::string>& names, double part) {
      for (const auto& name : names) {
        const double rate = mean * part / static_cast<double>(names.size());
        const std::string source = "active-share × requests-per-day × users, evenly";
        add(name, {rate * std::max(1.0, by(Input::kPeakToMean)), Basis::kAssumed, source + " × peak-to-mean"}, {rate, Basis::kAssumed, source});
      }
    };
    share(reads, writes.empty() ? 1 : by(Input::kReadShare));
    share(writes, reads.empty() ? 1 : 1 - by(Input::kReadShare));
  }

  void growth_creates() {
    std::vector<std::string> without;
    for (const auto& entity : system_.entities) {
      if (entity.view) continue;
      const auto& size = demand_.entities[entity.id.index()];
      if (!entity.growth) {
        without.push_back(entity.name);
        continue;
      }
      if (size.per_day <= 0 || grown_.count(entity.id.index()) != 0) continue;
      const double mean = size.per_day / kSecondsADay;
      add(entity.name + ".create", {mean * std::max(1.0, by(Input::kPeakToMean)), Basis::kAssumed, "growth.per_day × peak-to-mean"},
          {mean, Basis::kDeclared, "growth.per_day of " + entity.name});
    }
    if (without.empty()) return;
    constexpr std::size_t kNamed = 8;
    const std::size_t more = without.size() > kNamed ? without.size() - kNamed : 0;
    without.resize(without.size() - more);
    demand_.notes.push_back(fmt::format("Rows are assumed for {}{}. Add `growth: {{rows: …, per_day: …, keep: …}}` to them.",
                                        fmt::join(without, ", "), more > 0 ? fmt::format(" and {} more", more) : ""));
  }

  void add_engine(const std::string& name, double peak, double mean, const Cost& cost, const std::string& source) {
    add_call({name, {peak, Basis::kAssumed, source}, {mean, Basis::kAssumed, source}, true, true}, cost);
  }

  /// What nobody calls: sagas, consumers and the outbox follow events; rows that reach their age are deleted.
  void engine() {
    // Emitting goes on inside sagas; a bounded number of rounds, since a cycle of events is the model's own fault.
    std::set<std::string> done;
    for (int round = 0; round < kCommandDepth; ++round) {
      const auto before = emitted_;
      for (const auto& saga : system_.sagas) {
        const auto found = saga.starts_on.valid() ? before.find(saga.starts_on.index()) : before.end();
        if (found == before.end() || !done.insert("saga " + saga.name).second) continue;
        Cost cost;
        for (const auto& step : saga.steps) {
          step_cost(cost, step, 1);
          cost.statements += 1;  // the saga's own row after each step
          cost.written += 1;
          cost.bytes_written += kOutboxBytes;
        }
        add_engine("saga " + saga.name, found->second.first, found->second.second, cost, "emits of " + system_.events[saga.starts_on.index()].name);
      }
      for (const auto& consumer : system_.consumers) {
        const auto found = consumer.on.valid() ? before.find(consumer.on.index()) : before.end();
        if (found == before.end() || !done.insert("consumer " + consumer.name).second) continue;
        Cost cost;
        step_cost(cost, consumer.step, 1);
        cost.statements += 1;
        cost.written += 1;
        cost.bytes_written += kOutboxBytes;
        add_engine("consumer " + consumer.name, found->second.first, found->second.second, cost,
                   "emits of " + system_.events[consumer.on.index()].name);
      }
    }
    deliver_and_clean();
  }

  void deliver_and_clean() {
    double peak = 0;
    double mean = 0;
    for (const auto& [event, rates] : emitted_) {
      peak += rates.first;
      mean += rates.second;
    }
    if (peak > 0) {
      Cost cost;
      cost.statements = 1;
      cost.read = 1;
      cost.written = 1;
      cost.bytes_written = kOutboxBytes / 2;
      add_engine("outbox", peak, mean, cost, "events emitted, one delivery each");
    }
    for (const auto& entity : system_.entities) {
      const auto& size = demand_.entities[entity.id.index()];
      if (size.keep_days <= 0 || size.per_day <= 0 || size.rows_basis != Basis::kDeclared) continue;
      Cost cost;
      write_rows(cost, entity, 1, true);
      cost.read = 1;
      cost.statements = 0.01;  // deleted in batches
      const double rate = size.per_day / kSecondsADay;
      add_engine(entity.name + " (retention)", rate, rate, cost, "growth.keep of " + entity.name);
    }
  }

  void total(const OperationLoad& load) {
    Totals& total = demand_.total;
    const double peak = load.peak_per_second.value;
    const double mean = load.mean_per_second.value;
    if (!load.internal) {
      total.peak_per_second += peak;
      total.mean_per_second += mean;
      (load.writes ? total.writes_per_second : total.reads_per_second) += peak;
    }
    total.concurrency += load.concurrency;
    total.egress_bytes_per_second += peak * load.answer_bytes;
    total.mean_egress_bytes_per_second += mean * load.answer_bytes;
    total.rows_read_per_second += peak * load.rows_read;
    total.rows_written_per_second += peak * load.rows_written;
    total.index_writes_per_second += peak * load.index_writes;
    total.commits_per_second += load.writes ? peak * std::min(1.0, load.statements) : 0;
    total.statements_per_second += peak * load.statements;
    total.bytes_written_per_second += peak * load.bytes_written;
    total.mean_bytes_written_per_second += mean * load.bytes_written;
    total.cpu_seconds_per_second += peak * load.cpu_ms / 1e3;
    total.write_cpu_seconds_per_second += load.writes ? peak * load.cpu_ms / 1e3 : 0;
    total.app_cpu_seconds_per_second += peak * load.app_cpu_ms / 1e3;
  }

  const ir::System& system_;
  Demand& demand_;
  const Assumptions& assume_;
  const Shapes& shapes_;
  std::set<std::size_t> grown_;
  std::map<std::size_t, std::pair<double, double>> emitted_;  ///< peak and mean, by event
};

}  // namespace

void derive_operations(const ir::System& system, Demand& demand, const Assumptions& assume, const Shapes& shapes) {
  LoadDeriver(system, demand, assume, shapes).derive();
}

}  // namespace kingpost::capacity
