#include "kingpost/app/review_fix.hpp"

#include <algorithm>
#include <iterator>
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

/// Findings of one rule that are mended one by one; more need a second run.
constexpr std::size_t kMostEdits = 2'000;
constexpr int kMostPasses = 5;

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

using Findings = std::vector<review::Finding>;

/// The texts after the findings' edits; none when an edit cannot be made.
std::optional<Texts> edited(const Findings& findings, const SourceMap& sources, Texts texts) {
  model::ModelEditor editor(sources);
  std::map<FileIndex, std::vector<TextEdit>> by_file;
  for (const auto& finding : findings) {
    for (const auto& edit : finding.edits) {
      auto made = editor.make(edit);
      if (!made) return std::nullopt;
      const FileIndex file = made->span.file;
      by_file[file].push_back(std::move(*made));
    }
  }
  for (const auto& [file, edits] : by_file) {
    const auto& before = sources.text(file);
    auto after = model::apply_edits(before, file, edits);
    if (!after) return std::nullopt;
    // What was canonical stays so; anything else keeps its own shape.
    const auto canonical = model::format_model(before);
    if (canonical && *canonical == before) {
      if (auto formatted = model::format_model(*after)) *after = *std::move(formatted);
    }
    texts[sources.name(file)] = *std::move(after);
  }
  return texts;
}

/// Whether all that was edited is gone, or told less often, and nothing is new.
bool is_better(const Counts& before, const Counts& after, const Findings& edited) {
  for (const auto& finding : edited) {
    const auto left = after.find(key_of(finding));
    if (left != after.end() && left->second >= before.at(key_of(finding))) return false;
  }
  return std::all_of(after.begin(), after.end(), [&](const auto& entry) {
    const auto known = before.find(entry.first);
    return known != before.end() && entry.second <= known->second;
  });
}

class Mender {
 public:
  Mender(const std::string& model, const Wanted& wanted) : model_(model), wanted_(wanted), now_(review_texts(model, {})) {}

  Mended run() {
    // What one rule refuses may be possible once others are mended.
    for (int pass = 0; pass < kMostPasses; ++pass) {
      const auto before = out_.done.size();
      tried_.clear();
      for (const auto& rule : review::rules()) mend_rule(rule.id);
      if (out_.done.size() == before) break;
    }
    std::copy_if(now_.findings.begin(), now_.findings.end(), std::back_inserter(out_.refused), [&](const auto& finding) { return is_open(finding); });
    return std::move(out_);
  }

 private:
  static std::string name_of(const review::Finding& finding) { return key_of(finding) + finding.message; }
  [[nodiscard]] bool is_open(const review::Finding& finding) const { return !finding.edits.empty() && wanted_(finding); }

  void mend_rule(std::string_view rule) {
    const auto all = wanted_of(rule);
    // Together is faster, and some edits need each other: two amounts that are compared change their type at once or not at all.
    if (all.empty() || try_all(all)) return;
    for (std::size_t round = 0; round < kMostEdits; ++round) {
      const auto rest = wanted_of(rule);
      const auto next = std::find_if(rest.begin(), rest.end(), [&](const auto& finding) { return !tried_.contains(name_of(finding)); });
      if (next == rest.end()) return;
      tried_.insert(name_of(*next));
      static_cast<void>(try_all({*next}));
    }
  }

  [[nodiscard]] Findings wanted_of(std::string_view rule) const {
    Findings out;
    for (const auto& finding : now_.findings) {
      if (finding.rule == rule && is_open(finding)) out.push_back(finding);
    }
    return out;
  }

  bool try_all(const Findings& findings) {
    auto texts = edited(findings, now_.model.sources, out_.texts);
    if (!texts) return false;
    auto after = review_texts(model_, *texts);
    if (!after.model.system || !is_better(count(now_.findings), count(after.findings), findings)) return false;
    out_.texts = *std::move(texts);
    out_.done.insert(out_.done.end(), findings.begin(), findings.end());
    now_ = std::move(after);
    return true;
  }

  const std::string& model_;
  const Wanted& wanted_;
  Reviewed now_;
  std::set<std::string> tried_;
  Mended out_;
};

}  // namespace

Mended mend_findings(const std::string& model, const Wanted& wanted) { return Mender(model, wanted).run(); }

void make_text_edits(std::vector<review::Finding>& findings, const SourceMap& sources) {
  model::ModelEditor editor(sources);
  for (auto& finding : findings) {
    for (const auto& edit : finding.edits) {
      if (auto made = editor.make(edit)) finding.text_edits.push_back(*std::move(made));
    }
    // Half of a fix is none.
    if (finding.text_edits.size() != finding.edits.size()) finding.text_edits.clear();
  }
}

}  // namespace kingpost::app
