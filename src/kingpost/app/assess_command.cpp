#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/assess/assess.hpp"
#include "kingpost/assess/draft_model.hpp"
#include "kingpost/assess/report.hpp"
#include "kingpost/introspect/names.hpp"
#include "kingpost/model/model.hpp"

namespace kingpost::app {
namespace {

namespace fs = std::filesystem;

/// A name for what was handed in: the folder's or file's; of several the folder that they are in.
std::string name_of(const std::vector<std::string>& paths) {
  std::error_code error;
  fs::path path = fs::weakly_canonical(paths.front(), error);
  if (paths.size() > 1) path = path.parent_path();
  const std::string name = fs::is_directory(path, error) ? path.filename().string() : path.stem().string();
  return name.empty() ? "system" : name;
}

int write_report(const AssessOptions& options, const assess::Assessment& assessment) {
  const auto report = assess::make_report(assessment, options.pictures);
  for (const auto& file : report.files) {
    const std::string path = (fs::path(options.output) / file.path).string();
    if (auto written = write_file(path, file.bytes); !written) return complain(written.error());
  }
  fmt::print(stderr, "Wrote {} files to {}; open {}.\n", report.files.size(), options.output, (fs::path(options.output) / "report.html").string());
  for (const auto& sentence : report.left_out) fmt::print(stderr, "Left out: {}\n", sentence);
  return kExitOk;
}

int write_model(const AssessOptions& options, const assess::Assessment& assessment) {
  auto draft = assess::draft_model(assessment.facts.sql, introspect::model_name(assessment.name, "system"), assessment.name);
  if (!draft) return complain(draft.error());
  if (auto formatted = model::format_model(draft->yaml)) draft->yaml = std::move(*formatted);
  if (auto written = write_file(options.as_model, draft->yaml); !written) return complain(written.error());
  fmt::print(stderr, "Wrote {}. What it does not say stands as {} comments in it; it has no access rules yet.\n", options.as_model,
             draft->notes.size());
  return kExitOk;
}

}  // namespace

bool is_model_file(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return false;
  const auto text = read_file(path);
  // A path that is not there is told about by whoever reads models, as it always was.
  if (!text) return path.ends_with(".yaml") || path.ends_with(".yml");
  return text->starts_with("kingpost:") || text->find("\nkingpost:") != std::string::npos;
}

int run_assess(const AssessOptions& options) {
  auto collected = assess::collect(options.paths, {});
  if (!collected) return complain(collected.error());
  if (collected->files.empty()) {
    auto error = make_error(ErrorKind::kInvalidArgument, "kp-review-nothing", "Nothing was found that can be read.");
    error.details = fmt::format("{}", fmt::join(collected->skipped, "\n"));
    error.hint = "Read are SQL, OpenAPI, Swagger, GraphQL SDL, .proto, docker-compose, Kubernetes manifests and .env files, and Kingpost models.";
    return complain(error);
  }
  const auto assessment = assess::assess(std::move(*collected), name_of(options.paths));
  const bool colored = options.format == "text" && isatty(STDOUT_FILENO) == 1 && color_on_stderr();
  const std::string text = options.format == "json"     ? assess::print_json(assessment)
                           : options.format == "sarif"  ? assess::print_sarif(assessment)
                           : options.format == "github" ? assess::print_github(assessment)
                                                        : assess::print_text(assessment, colored, options.all);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  if (!options.output.empty()) {
    if (const int code = write_report(options, assessment); code != kExitOk) return code;
  }
  if (!options.as_model.empty()) {
    if (const int code = write_model(options, assessment); code != kExitOk) return code;
  }
  const auto& findings = assessment.findings;
  return assess::count_of(findings, Severity::kError) + assess::count_of(findings, Severity::kWarning) == 0 ? kExitOk : kExitFindings;
}

}  // namespace kingpost::app
