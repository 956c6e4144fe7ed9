#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/emit/caching_plan.hpp"
#include "kingpost/emit/decisions.hpp"

namespace kingpost::app {
namespace {

int write_decisions(const emit::DecisionSet& set, const std::string& folder) {
  const auto files = emit::print_decision_files(set);
  for (const emit::Artefact& file : files) {
    const std::string path = (std::filesystem::path(folder) / file.path).string();
    if (auto written = write_file(path, file.bytes); !written) return complain(written.error());
  }
  fmt::print(stderr, "Wrote {} files to {}\n", files.size(), folder);
  return kExitOk;
}

std::string print_markdown(const emit::DecisionSet& set) {
  std::string out = emit::print_decisions_index(set);
  for (const decide::KindRow& kind : decide::kinds()) {
    if (!emit::group_choices(set, kind).empty()) out += "\n" + emit::print_decision_markdown(set, kind);
  }
  return out + "\n" + emit::print_caching_plan_markdown(set);
}

}  // namespace

int run_decisions(const DecisionsOptions& options) {
  const ir::SystemPtr system = load_or_report(options.model, Limits{});
  if (!system) return kExitFindings;
  const emit::DecisionSet set = emit::make_decisions(*system, options.factor);
  if (!options.output.empty()) return write_decisions(set, options.output);
  const std::string text = options.format == "json"       ? emit::print_decisions_json(set)
                           : options.format == "markdown" ? print_markdown(set)
                                                          : emit::print_decisions_text(set);
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? kExitOk : kExitUsage;
}

}  // namespace kingpost::app
