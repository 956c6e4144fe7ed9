#include "kingpost/app/review_fix.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "kingpost/compile/compile.hpp"
#include "kingpost/model/edit.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::app {
namespace {

using Texts = std::map<std::string, std::string>;
using Counts = std::map<std::string, int>;

/// More findings than this are mended in a second run.
constexpr std::size_t kMostEdits = 2'000;

struct Reviewed {
  LoadedModel model;
  std::vector<review::Finding> findings;
};

Reviewed review_texts(const std::string& path, const Texts& texts) {
  Reviewed out;
  const auto read = [&](const std::string& file) -> Result<std::string> {
    const auto found = texts.find(file);
    return found == texts.end() ? read_file(file) : Result<std::string>(found->second);
  };
  out.model.system = compile::compile_file(path, read, Limits{}, out.model.sources, out.model.diagnostics);
  if (out.model.diagnostics.has_errors()) out.model.system = nullptr;
  if (out.model.system) out.findings = review::review(*out.model.system);
  return out;
}

std::string key_of(const review::Finding& finding) { return finding.rule + ":" + finding.element; }

Counts count(const std::vector<review::Finding>& findings) {
  Counts counts;
  for (const auto& finding : findings) ++counts[key_of(finding)];
  return counts;
}

/// The texts after the finding's edits; none when an edit cannot be made or the text was canonical and is not any more.
std::optional<Texts> edited(const review::Finding& finding, const SourceMap& sources, Texts texts) {
  std::map<FileIndex, std::vector<TextEdit>> by_file;
  for (const auto& edit : finding.edits) {
    auto made = model::edit_model(edit, sources);
    if (!made) return std::nullopt;
    by_file[made->span.file].push_back(*std::move(made));
  }
  for (const auto& [file, edits] : by_file) {
    const auto& before = sources.text(file);
    auto after = model::apply_edits(before, file, edits);
    if (!after) return std::nullopt;
    const auto canonical = model::format_model(before);
    if (canonical && *canonical == before) {
      if (auto formatted = model::format_model(*after)) *after = *std::move(formatted);
    }
    texts[sources.name(file)] = *std::move(after);
  }
  return texts;
}

bool is_better(const Counts& before, const Counts& after, const std::string& key) {
  const auto left = after.find(key);
  if (left != after.end() && left->second >= before.at(key)) return false;
  return std::all_of(after.begin(), after.end(), [&](const auto& entry) {
    const auto known = before.find(entry.first);
    return known != before.end() && entry.second <= known->second;
  });
}

}  // namespace

Mended mend_findings(const std::string& model, const std::function<bool(const review::Finding&)>& wanted) {
  Mended out;
  auto now = review_texts(model, out.texts);
  std::set<std::string> tried;
  for (std::size_t round = 0; round < kMostEdits; ++round) {
    const auto next = std::find_if(now.findings.begin(), now.findings.end(), [&](const review::Finding& finding) {
      return !finding.edits.empty() && wanted(finding) && !tried.contains(key_of(finding) + finding.message);
    });
    if (next == now.findings.end()) break;
    const auto finding = *next;
    tried.insert(key_of(finding) + finding.message);
    auto texts = edited(finding, now.model.sources, out.texts);
    auto after = texts ? review_texts(model, *texts) : Reviewed{};
    if (!after.model.system || !is_better(count(now.findings), count(after.findings), key_of(finding))) {
      out.refused.push_back(finding);
      continue;
    }
    out.texts = *std::move(texts);
    out.done.push_back(finding);
    now = std::move(after);
  }
  return out;
}

void make_text_edits(std::vector<review::Finding>& findings, const SourceMap& sources) {
  for (auto& finding : findings) {
    for (const auto& edit : finding.edits) {
      if (auto made = model::edit_model(edit, sources)) finding.text_edits.push_back(*std::move(made));
    }
    // Half of a fix is none.
    if (finding.text_edits.size() != finding.edits.size()) finding.text_edits.clear();
  }
}

}  // namespace kingpost::app
