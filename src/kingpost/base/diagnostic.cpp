#include "kingpost/base/diagnostic.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kingpost {
namespace {

// Longer names are never slips of the keyboard, and the distance costs their product.
constexpr std::size_t kLongestName = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours; the case of letters is ignored.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> above(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const char a = lower(left[i - 1]);
      const char b = lower(right[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a == b ? 0U : 1U)});
      if (i > 1 && j > 1 && a == lower(right[j - 2]) && lower(left[i - 2]) == b) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[right.size()];
}

auto order_of(const Diagnostic& d) { return std::tie(d.span.file, d.span.line, d.span.column, d.code, d.message, d.severity); }

bool same(const Diagnostic& a, const Diagnostic& b) { return order_of(a) == order_of(b) && a.span == b.span && a.suggestion == b.suggestion; }

}  // namespace

FileIndex SourceMap::add(std::string name, std::string text) {
  files_.push_back({std::move(name), std::move(text)});
  return static_cast<FileIndex>(files_.size() - 1);
}

std::string_view SourceMap::line(FileIndex file, std::uint32_t line) const {
  if (file >= files_.size() || line == 0) return {};
  std::string_view rest = files_[file].text;
  for (std::uint32_t i = 1; i < line; ++i) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++error_count_;
  if (all_.size() < kMaxDiagnostics) {
    all_.push_back(std::move(diagnostic));
  } else {
    ++dropped_;
  }
}

void Diagnostics::error(std::string code, Span span, std::string message, std::string suggestion) {
  add({Severity::kError, std::move(code), std::move(message), span, std::move(suggestion), std::nullopt});
}

void Diagnostics::warning(std::string code, Span span, std::string message, std::string suggestion) {
  add({Severity::kWarning, std::move(code), std::move(message), span, std::move(suggestion), std::nullopt});
}

void Diagnostics::sort() {
  std::stable_sort(all_.begin(), all_.end(), [](const Diagnostic& a, const Diagnostic& b) { return order_of(a) < order_of(b); });
  std::vector<Diagnostic> kept;
  kept.reserve(all_.size());
  for (Diagnostic& diagnostic : all_) {
    if (kept.empty() || !same(kept.back(), diagnostic)) {
      kept.push_back(std::move(diagnostic));
    } else if (diagnostic.severity == Severity::kError) {
      --error_count_;
    }
  }
  all_ = std::move(kept);
}

std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.empty() || name.size() > kLongestName) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate.size() > kLongestName || candidate == name) continue;
    const std::size_t distance = edit_distance(name, candidate);
    // A name of which nothing remains is no slip.
    if (distance < best_distance && distance < std::max(name.size(), candidate.size())) {
      best = &candidate;
      best_distance = distance;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

}  // namespace kingpost
