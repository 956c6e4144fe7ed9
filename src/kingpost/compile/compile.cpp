#include "kingpost/compile/compile.hpp"

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

}  // namespace

ir::SystemPtr compile_model(const model::Document& document, Diagnostics& diagnostics) {
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
