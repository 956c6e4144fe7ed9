#include "kingpost/app/loading.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kingpost/app/commands.hpp"
#include "kingpost/compile/compile.hpp"

namespace kingpost::app {

LoadedModel load_model(const std::string& path, const Limits& limits) {
  LoadedModel out;
  out.system = compile::compile_file(path, read_file, limits, out.sources, out.diagnostics);
  if (out.diagnostics.has_errors()) out.system = nullptr;
  return out;
}

void report(const LoadedModel& model, const std::string& format, bool errors_only) {
  Diagnostics shown;
  for (const Diagnostic& diagnostic : model.diagnostics.all()) {
    if (!errors_only || diagnostic.severity == Severity::kError) shown.add(diagnostic);
  }
  const DiagnosticFormat kind = format == "json" ? DiagnosticFormat::kJson : format == "github" ? DiagnosticFormat::kGithub : DiagnosticFormat::kText;
  const std::string text = print_diagnostics(shown, model.sources, kind, color_on_stderr());
  std::fputs(text.c_str(), kind == DiagnosticFormat::kText ? stderr : stdout);
}

ir::SystemPtr load_or_report(const std::string& path, const Limits& limits) {
  const LoadedModel model = load_model(path, limits);
  if (!model.system) report(model, "text", true);
  return model.system;
}

Result<std::string> read_file(const std::string& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) return fail(ErrorKind::kInvalidArgument, "kp-file", path + " is a folder, not a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "kp-file", fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

Result<void> write_file(const std::string& path, std::string_view text) {
  const std::filesystem::path target(path);
  std::error_code code;
  if (target.has_parent_path()) std::filesystem::create_directories(target.parent_path(), code);
  const std::string beside = fmt::format("{}.{}.new", path, getpid());
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out) {
      std::filesystem::remove(beside, code);
      return fail(ErrorKind::kUnavailable, "kp-file", fmt::format("cannot write {}: {}", path, std::strerror(errno)));
    }
  }
  std::filesystem::rename(beside, target, code);
  if (code) return fail(ErrorKind::kUnavailable, "kp-file", fmt::format("cannot write {}: {}", path, code.message()));
  return {};
}

int complain(const Error& error) {
  const bool color = color_on_stderr();
  fmt::print(stderr, "{}kingpost:{} {}\n", color ? "\x1b[31;1m" : "", color ? "\x1b[0m" : "", error.message);
  if (error.details) fmt::print(stderr, "  {}\n", *error.details);
  if (error.hint) fmt::print(stderr, "  {}\n", *error.hint);
  return kExitUsage;
}

bool color_on_stderr() {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDERR_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

FileWatch::FileWatch(std::vector<std::string> files) : files_(std::move(files)), last_(stamp()) {}

void FileWatch::set_files(std::vector<std::string> files) {
  files_ = std::move(files);
  last_ = stamp();
}

std::string FileWatch::stamp() const {
  std::string out;
  for (const std::string& file : files_) {
    struct stat info {};
    if (stat(file.c_str(), &info) == 0) {
      out += fmt::format("{}.{}.{}.{};", info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino);
    } else {
      out += "gone;";
    }
  }
  return out;
}

bool FileWatch::changed() {
  std::string now = stamp();
  if (now == last_) return false;
  last_ = std::move(now);
  return true;
}

std::vector<std::string> files_of(const LoadedModel& model, const std::string& path) {
  std::vector<std::string> out{path};
  for (std::size_t at = 0; at < model.sources.size(); ++at) {
    const std::string& name = model.sources.name(static_cast<FileIndex>(at));
    if (name != path) out.push_back(name);
  }
  return out;
}

}  // namespace kingpost::app
