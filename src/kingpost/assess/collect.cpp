#include "kingpost/assess/collect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "kingpost/base/text.hpp"

namespace kingpost::assess {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLookedAtForZero = 8192;
constexpr std::size_t kMostSkipped = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_left_out(const std::string& folder) {
  static constexpr std::array<std::string_view, 13> kLeftOut = {".git", ".hg",  ".svn",        "node_modules", "vendor", "third_party", ".venv",
                                                                "venv", ".tox", "__pycache__", "target",       "dist",   ".terraform"};
  return std::find(kLeftOut.begin(), kLeftOut.end(), folder) != kLeftOut.end();
}

/// Whether a file of this name could be one that a reader knows.
bool is_candidate(const fs::path& path) {
  static constexpr std::array<std::string_view, 11> kEndings = {".sql",      ".ddl", ".json", ".yaml",  ".yml", ".graphql",
                                                                ".graphqls", ".gql", ".sdl",  ".proto", ".env"};
  const std::string ending = path.extension().string();
  const std::string name = path.filename().string();
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end() || name.starts_with(".env");
}

/// Bytes that are no UTF-8 become `?`, so that places stay where they are.
void mend_utf8(std::string& text) {
  if (valid_utf8(text)) return;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80U ? 1 : lead < 0xE0U ? 2 : lead < 0xF0U ? 3 : 4;
    if (at + length <= text.size() && valid_utf8(std::string_view(text).substr(at, length))) {
      at += length;
    } else {
      text[at++] = '?';
    }
  }
}

class Collector {
 public:
  explicit Collector(const CollectLimits& limits) : limits_(limits) {}

  Result<void> add(const std::string& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (error || !fs::exists(status)) return fail(ErrorKind::kNotFound, "kp-review-path", fmt::format("{} is not there or cannot be read.", path));
    if (!fs::is_directory(status)) {
      named_.insert(path);
      const fs::path file(path);
      paths_.emplace(path, (file.parent_path().filename() / file.filename()).string());
      return {};
    }
    walk(path);
    return {};
  }

  Collected take() {
    std::vector<std::pair<std::string, std::string>> ordered(paths_.begin(), paths_.end());
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& left, const auto& right) { return natural_less(left.first, right.first); });
    for (const auto& [path, inner] : ordered) read(path, inner);
    if (unsaid_ > 0) out_.skipped.push_back(fmt::format("{} more were left out.", unsaid_));
    return std::move(out_);
  }

 private:
  void skip(std::string sentence) {
    if (out_.skipped.size() < kMostSkipped) {
      out_.skipped.push_back(std::move(sentence));
    } else {
      ++unsaid_;
    }
  }

  void walk(const std::string& root) {
    std::error_code error;
    const fs::path folder = fs::path(root).lexically_normal();
    const fs::path own = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
    fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      if (++entries_ > limits_.entries) return skip(fmt::format("{}: more than {} entries; the rest was not looked at.", root, limits_.entries));
      std::error_code ignored;
      if (at->is_symlink(ignored)) continue;
      const std::string name = at->path().filename().string();
      if (at->is_directory(ignored)) {
        if (is_left_out(name) || at.depth() >= limits_.depth) at.disable_recursion_pending();
        continue;
      }
      if (at->is_regular_file(ignored) && is_candidate(at->path())) {
        const fs::path path = at->path().lexically_normal();
        paths_.emplace(path.string(), (own == "." || own == ".." ? path.lexically_relative(folder) : own / path.lexically_relative(folder)).string());
      }
    }
    if (error) skip(fmt::format("{}: {}.", root, error.message()));
  }

  /// `inner`: the path from what was handed in. Where that lies says nothing about it.
  void read(const std::string& path, const std::string& inner) {
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    if (error || bytes > limits_.file_bytes) return skip(fmt::format("{} has more than {} MiB.", path, limits_.file_bytes >> 20U));
    if (out_.files.size() >= limits_.files || bytes_ + bytes > limits_.all_bytes)
      return skip(fmt::format("{}: the bound on files or bytes was reached.", path));
    std::ifstream stream(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(bytes), '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    if (text.substr(0, kLookedAtForZero).find('\0') != std::string::npos) {
      if (named_.contains(path)) skip(fmt::format("{} is binary.", path));
      return;
    }
    const foreign::FileKind kind = foreign::kind_of(inner, text);
    if (kind == foreign::FileKind::kUnknown) {
      if (named_.contains(path)) skip(fmt::format("{} is of no kind that is read.", path));
      return;
    }
    mend_utf8(text);
    std::string name = path;
    mend_utf8(name);
    std::string inside = inner;
    mend_utf8(inside);
    bytes_ += text.size();
    const FileIndex index = out_.sources.add(std::move(name), text);
    out_.files.push_back({{std::move(inside), std::move(text), index}, kind});
  }

  const CollectLimits& limits_;
  std::map<std::string, std::string> paths_;  ///< with the path from what was handed in
  std::set<std::string> named_;
  std::size_t entries_ = 0;
  std::size_t unsaid_ = 0;
  std::uintmax_t bytes_ = 0;
  Collected out_;
};

}  // namespace

bool natural_less(std::string_view left, std::string_view right) {
  std::size_t one = 0;
  std::size_t other = 0;
  while (one < left.size() && other < right.size()) {
    if (!is_digit(left[one]) || !is_digit(right[other])) {
      if (left[one] != right[other]) return static_cast<unsigned char>(left[one]) < static_cast<unsigned char>(right[other]);
      ++one;
      ++other;
      continue;
    }
    while (one < left.size() && left[one] == '0') ++one;
    while (other < right.size() && right[other] == '0') ++other;
    std::size_t digits = 0;
    while (one + digits < left.size() && is_digit(left[one + digits])) ++digits;
    std::size_t others = 0;
    while (other + others < right.size() && is_digit(right[other + others])) ++others;
    if (digits != others) return digits < others;
    if (const int order = left.substr(one, digits).compare(right.substr(other, others)); order != 0) return order < 0;
    one += digits;
    other += others;
  }
  if (left.size() - one != right.size() - other) return left.size() - one < right.size() - other;
  return left < right;
}

Result<Collected> collect(const std::vector<std::string>& paths, const CollectLimits& limits) {
  Collector collector(limits);
  for (const auto& path : paths) {
    if (auto added = collector.add(path); !added) return fail(std::move(added.error()));
  }
  return collector.take();
}

}  // namespace kingpost::assess
