#include <fmt/format.h>

#include <cstdio>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/database.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/base/text.hpp"

namespace kingpost::app {

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// `{"state", "changes": [{code, element, difference, advice, additive}], "statements"}`.
std::string print_json(const migrate::Status& status) {
  std::string out = "{\"state\":" + quoted(migrate::state_name(status.state)) + ",\"changes\":[";
  for (const evolve::Change& change : status.diff.changes) {
    if (out.back() != '[') out += ',';
    out += fmt::format(R"({{"code":{},"element":{},"difference":{},"advice":{},"additive":{}}})", quoted(change.code), quoted(change.element),
                       quoted(change.difference), quoted(change.advice), change.additive);
  }
  out += "],\"statements\":[";
  for (const std::string& statement : status.diff.statements) {
    if (out.back() != '[') out += ',';
    out += quoted(statement);
  }
  return out + "]}\n";
}

/// What to type after a refusal.
void print_next(const MigrateOptions& options, std::FILE* stream) {
  fmt::print(stream, "Next: change {0} as said above, then look again:\n  kingpost migrate plan {0} --database {1}\n", options.model,
             options.database);
}

int show(const MigrateOptions& options, const migrate::Status& status) {
  const std::string text = options.format == "json"   ? print_json(status)
                           : options.action == "plan" ? migrate::print_plan(status)
                                                      : migrate::print_status(status);
  std::fputs(text.c_str(), stdout);
  if (status.state == migrate::State::kRefused && options.format == "text") print_next(options, stdout);
  return status.state == migrate::State::kRefused ? kExitFindings : kExitOk;
}

}  // namespace

int run_migrate(const MigrateOptions& options) {
  const ir::SystemPtr system = load_or_report(options.model, Limits{});
  if (!system) return kExitFindings;
  auto wanted = wanted_schema(options.database, *system);
  if (!wanted) return complain(wanted.error());
  if (options.action != "apply") {
    auto status = migrate::read_status(options.database, *wanted);
    if (!status) return complain(status.error());
    return show(options, *status);
  }
  auto applied = apply_schema(options.database, *wanted);
  if (!applied) {
    const int code = complain(applied.error());
    if (applied.error().code != "kp-migrate-refused") return code;
    print_next(options, stderr);
    return kExitFindings;
  }
  if (!applied->changed) {
    fmt::print("Nothing to do: the database has what the model says.\n");
    return kExitOk;
  }
  fmt::print("Applied ({}), {} statement{}.\n{}", applied->row.kind, applied->row.statements.size(), applied->row.statements.size() == 1 ? "" : "s",
             applied->row.kind == "initial" ? std::string() : evolve::print_changes(applied->diff));
  return kExitOk;
}

}  // namespace kingpost::app
