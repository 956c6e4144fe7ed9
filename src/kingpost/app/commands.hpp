#pragma once

#include "kingpost/app/options.hpp"

namespace kingpost::app {

/// Exit codes: 0 done, 1 the model, review or migration has something to say (told on stderr or stdout), 2 the command cannot run.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFindings = 1;
inline constexpr int kExitUsage = 2;

/// Every command returns an exit code, writes its result to stdout and everything else to stderr.
[[nodiscard]] int run_init(const InitOptions& options);
[[nodiscard]] int run_check(const CheckOptions& options);
[[nodiscard]] int run_format(const FormatOptions& options);
[[nodiscard]] int run_schema(const SchemaOptions& options);
[[nodiscard]] int run_design(const DesignOptions& options);
[[nodiscard]] int run_decisions(const DecisionsOptions& options);
[[nodiscard]] int run_review(const ReviewOptions& options);
[[nodiscard]] int run_assess(const AssessOptions& options);
[[nodiscard]] int run_capacity(const CapacityOptions& options);
[[nodiscard]] int run_serve(const ServeOptions& options);
[[nodiscard]] int run_token(const TokenOptions& options);
[[nodiscard]] int run_seed(const SeedOptions& options);
[[nodiscard]] int run_import(const ImportOptions& options);
[[nodiscard]] int run_migrate(const MigrateOptions& options);
[[nodiscard]] int run_explain(const ExplainOptions& options);
[[nodiscard]] int run_mcp(const McpOptions& options);
[[nodiscard]] int run_guide(const GuideOptions& options);
[[nodiscard]] int run_reference(const ReferenceOptions& options);

/// Whether a path is a Kingpost model: a file that says so, or a YAML path that is not there (whoever reads models tells about it).
[[nodiscard]] bool is_model_file(const std::string& path);

}  // namespace kingpost::app
