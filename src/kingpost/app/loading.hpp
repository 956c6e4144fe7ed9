#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::app {

/// A model as it was found on disk: null `system` when it has errors, which `diagnostics` tells.
struct LoadedModel {
  ir::SystemPtr system;
  SourceMap sources;
  Diagnostics diagnostics;
};

/// Reads and compiles a model with its imports.
[[nodiscard]] LoadedModel load_model(const std::string& path, const Limits& limits);

/// Prints what a load has to say: errors and, unless `errors_only`, warnings. `format` is text, json or github; json and github go to
/// stdout, text to stderr.
void report(const LoadedModel& model, const std::string& format, bool errors_only = false);

/// Loads a model, tells what is wrong with it, and yields null when it cannot be used.
[[nodiscard]] ir::SystemPtr load_or_report(const std::string& path, const Limits& limits);

[[nodiscard]] Result<std::string> read_file(const std::string& path);
/// Writes a file as a whole: beside it first, then renamed, so that no reader sees half of it. Makes missing folders.
[[nodiscard]] Result<void> write_file(const std::string& path, std::string_view text);

/// `kingpost: MESSAGE` and, if any, the details and the hint, on stderr. Returns kExitUsage.
[[nodiscard]] int complain(const Error& error);

/// Whether stderr is a terminal that wants colour (NO_COLOR is respected).
[[nodiscard]] bool color_on_stderr();

/// Notices saves: the newest modification of a model's files, as a number that changes.
class FileWatch {
 public:
  explicit FileWatch(std::vector<std::string> files);
  /// True once after any of the files changed since the last call.
  [[nodiscard]] bool changed();
  void set_files(std::vector<std::string> files);

 private:
  [[nodiscard]] std::string stamp() const;
  std::vector<std::string> files_;
  std::string last_;
};

[[nodiscard]] std::vector<std::string> files_of(const LoadedModel& model, const std::string& path);

}  // namespace kingpost::app
