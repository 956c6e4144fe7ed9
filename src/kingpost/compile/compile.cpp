#include "kingpost/compile/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

/// The model, understood: names first, then what is stored, who may do what, what must be fast, what happens, what clients see.
void run_stages(Context& context) {
  collect_names(context);
  parse_policies(context);
  compile_types(context);
  compile_fields(context);
  compile_keys(context);
  compile_relations(context);
  compile_defaults(context);
  compile_states(context);
  compile_uses(context);
  compile_members(context);
  compile_computed(context);
  compile_checks(context);
  compile_policies(context);
  compile_queries(context);
  compile_indexes(context);
  compile_commands(context);
  compile_sagas(context);
  compile_consumers(context);
  compile_schedules(context);
  compile_projections(context);
  compile_contracts(context);
  compile_sizing(context);
  check_unused_policies(context);
  // What is not run yet matters once the model is sound.
  if (!context.diagnostics.has_errors()) list_not_executed(context);
}

/// Names are looked up by going through them, so their number is bounded; no written model comes near.
constexpr std::size_t kMostMembers = 1'000;
constexpr std::size_t kMostFields = 20'000;

bool within_limits(const model::Node& node, Diagnostics& diagnostics) {
  if (std::max(node.members.size(), node.items.size()) > kMostMembers) {
    diagnostics.error("too-many", node.span, fmt::format("There are more than {} entries in one map or list.", kMostMembers),
                      "Split the system into several.");
    return false;
  }
  bool fine = true;
  for (const auto& member : node.members) fine = within_limits(member.value, diagnostics) && fine;
  for (const auto& item : node.items) fine = within_limits(item, diagnostics) && fine;
  return fine;
}

bool few_fields(const model::Node& root, Diagnostics& diagnostics) {
  std::size_t count = 0;
  for (const auto& member : members_of(root.find("entities"))) {
    if (member.value.is_map()) count += members_of(member.value.find("fields")).size();
  }
  if (count <= kMostFields) return true;
  diagnostics.error("too-many", root.span, fmt::format("The model has more than {} fields.", kMostFields), "Split the system into several.");
  return false;
}

}  // namespace

ir::SystemPtr compile_model(const model::Document& document, Diagnostics& diagnostics) {
  if (!within_limits(document.root, diagnostics) || !few_fields(document.root, diagnostics)) return nullptr;
  Diagnostics found;
  Context context(document.root, found);
  run_stages(context);
  for (const auto& diagnostic : found.all()) diagnostics.add(diagnostic);
  if (found.has_errors()) return nullptr;
  return std::make_shared<const ir::System>(std::move(context.system));
}

ir::SystemPtr compile_file(const std::string& path, const model::FileReader& read, const Limits& limits, SourceMap& sources,
                           Diagnostics& diagnostics) {
  const auto document = model::parse_model(path, read, limits, sources, diagnostics);
  auto system = compile_model(document, diagnostics);
  diagnostics.sort();
  return diagnostics.has_errors() ? nullptr : system;
}

}  // namespace kingpost::compile
