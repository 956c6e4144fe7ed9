#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/model/model.hpp"

namespace kingpost::app {

namespace {

constexpr std::chrono::milliseconds kWatchInterval{150};

int check_once(const CheckOptions& options, std::vector<std::string>& files) {
  const LoadedModel model = load_model(options.model, Limits{});
  files = files_of(model, options.model);
  report(model, options.format);
  if (options.format != "text") return model.system ? kExitOk : kExitFindings;
  std::size_t warnings = 0;
  for (const Diagnostic& diagnostic : model.diagnostics.all()) warnings += diagnostic.severity == Severity::kWarning ? 1U : 0U;
  const std::size_t errors = model.diagnostics.error_count();
  fmt::print(stderr, "{}: {} error{}, {} warning{}\n", options.model, errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
  return model.system ? kExitOk : kExitFindings;
}

}  // namespace

int run_check(const CheckOptions& options) {
  std::vector<std::string> files;
  const int code = check_once(options, files);
  if (!options.watch) return code;
  fmt::print(stderr, "watching {} file{}; stop with Ctrl-C\n", files.size(), files.size() == 1 ? "" : "s");
  FileWatch watch(files);
  for (;;) {
    std::this_thread::sleep_for(kWatchInterval);
    if (!watch.changed()) continue;
    static_cast<void>(check_once(options, files));
    std::fflush(stdout);
    watch.set_files(files);
  }
}

int run_format(const FormatOptions& options) {
  int code = kExitOk;
  for (const std::string& file : options.files) {
    auto text = read_file(file);
    if (!text) return complain(text.error());
    auto formatted = model::format_model(*text);
    if (!formatted) return complain(make_error(ErrorKind::kInvalidArgument, formatted.error().code, file + ": " + formatted.error().message));
    if (*formatted == *text) continue;
    if (options.check) {
      fmt::print(stderr, "{} is not in canonical form; run: kingpost fmt {}\n", file, file);
      code = kExitFindings;
      continue;
    }
    if (auto written = write_file(file, *formatted); !written) return complain(written.error());
    fmt::print(stderr, "formatted {}\n", file);
  }
  return code;
}

int run_schema(const SchemaOptions& options) {
  const std::string schema = model::print_model_schema();
  if (options.output.empty()) {
    std::fputs(schema.c_str(), stdout);
    return kExitOk;
  }
  if (auto written = write_file(options.output, schema); !written) return complain(written.error());
  return kExitOk;
}

}  // namespace kingpost::app
