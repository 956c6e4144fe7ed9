#include "kingpost/app/review_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/model/source_text.hpp"
#include "kingpost/model/yaml.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::app {
namespace {

constexpr std::size_t kMaxAccepted = 10'000;
constexpr std::size_t kLongestReason = 1'000;

auto broken(const std::string& path, std::uint32_t line, std::string_view why) {
  auto error = make_error(ErrorKind::kInvalidArgument, "kp-lock", fmt::format("{}:{}: error[kp-lock]: {}", path, line, why));
  error.hint = "A lock file holds `version: 1` and `accepted:`, a list of {rule, element, reason}; mend the line or restore the file.";
  return fail(std::move(error));
}

/// A text between double quotes, as YAML and JSON read it alike.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out += '\\';
    out += static_cast<unsigned char>(byte) < 0x20 ? ' ' : byte;
  }
  return out + '"';
}

Result<Acceptance> read_one(const std::string& path, const model::Node& node) {
  Acceptance out;
  if (!node.is_map()) return broken(path, node.span.line, "an acceptance is a map of rule, element and reason");
  for (const auto& member : node.members) {
    std::string Acceptance::*target = member.key == "rule"      ? &Acceptance::rule
                                      : member.key == "element" ? &Acceptance::element
                                      : member.key == "reason"  ? &Acceptance::reason
                                      : member.key == "date"    ? &Acceptance::date
                                                                : nullptr;
    if (target == nullptr) return broken(path, member.key_span.line, fmt::format("an acceptance has no `{}`", member.key));
    if (!member.value.is_scalar()) return broken(path, member.key_span.line, fmt::format("`{}` is a text", member.key));
    out.*target = member.value.text;
  }
  if (out.rule.empty() || out.element.empty()) return broken(path, node.span.line, "an acceptance names its rule and its element");
  if (out.reason.find_first_not_of(" \t\n") == std::string::npos) return broken(path, node.span.line, "an acceptance gives a reason");
  if (out.reason.size() > kLongestReason) return broken(path, node.span.line, "a reason is a sentence, not a document");
  if (review::find_rule(out.rule) == nullptr) return broken(path, node.span.line, fmt::format("there is no rule `{}`", out.rule));
  return out;
}

Result<model::Node> read_tree(const std::string& path, const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto file = sources.add(path, text);
  model::Node root;
  if (model::check_source_text(text, file, Limits{}, diagnostics)) root = model::read_yaml(text, file, Limits{}, diagnostics);
  if (diagnostics.has_errors()) return broken(path, diagnostics.all().front().span.line, diagnostics.all().front().message);
  if (!root.is_map()) return broken(path, 1, "the file is no map of sections");
  return root;
}

}  // namespace

std::string lock_path(const std::string& model) { return (std::filesystem::path(model).parent_path() / "kingpost.lock").string(); }

Result<Lock> parse_lock(const std::string& path, std::string text) {
  Lock lock{path, std::move(text), {}};
  const auto root = read_tree(path, lock.text);
  if (!root) return fail(root.error());
  const auto* version = root->find("version");
  if (version == nullptr || !version->is_scalar() || version->text != "1")
    return broken(path, version == nullptr ? 1 : version->span.line, "this Kingpost reads `version: 1`");
  const auto* accepted = root->find("accepted");
  if (accepted == nullptr || accepted->is_null()) return lock;
  if (!accepted->is_list()) return broken(path, accepted->span.line, "`accepted` is a list");
  if (accepted->items.size() > kMaxAccepted) return broken(path, accepted->span.line, "more than 10 000 acceptances");
  for (const auto& item : accepted->items) {
    auto one = read_one(path, item);
    if (!one) return fail(std::move(one.error()));
    lock.accepted.push_back(*std::move(one));
  }
  return lock;
}

Result<Lock> read_lock(const std::string& model) {
  const auto path = lock_path(model);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return Lock{path, {}, {}};
  auto text = read_file(path);
  if (!text) return fail(std::move(text.error()));
  return parse_lock(path, *std::move(text));
}

std::string print_lock(const Lock& lock) {
  auto sorted = lock.accepted;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Acceptance& left, const Acceptance& right) {
    return std::tie(left.rule, left.element) < std::tie(right.rule, right.element);
  });
  std::string section = sorted.empty() ? "" : "accepted:\n";
  for (const auto& one : sorted) {
    section += fmt::format("  - rule: {}\n    element: {}\n    reason: {}\n", one.rule, in_quotes(one.element), in_quotes(one.reason));
    if (!one.date.empty()) section += fmt::format("    date: {}\n", in_quotes(one.date));
  }
  if (lock.text.empty()) return "# Decisions about this model that are no part of it; commit it with the model.\nversion: 1\n" + section;
  const auto root = read_tree(lock.path, lock.text);
  const model::LineIndex lines(lock.text);
  if (!root) return lock.text;
  for (std::size_t at = 0; at < root->members.size(); ++at) {
    const auto& member = root->members[at];
    if (member.key != "accepted") continue;
    const auto begin = lines.offset(member.key_span.line, 1);
    // The section ends at the next key; comments before that key belong to it.
    auto end = lock.text.size();
    if (at + 1 < root->members.size()) {
      auto line = root->members[at + 1].key_span.line;
      while (line > member.key_span.line + 1 && lock.text[lines.offset(line - 1, 1)] == '#') --line;
      end = lines.offset(line, 1);
    }
    return lock.text.substr(0, begin) + section + lock.text.substr(end);
  }
  return lock.text + (lock.text.ends_with('\n') ? "" : "\n") + section;
}

std::vector<review::StaleAcceptance> mark_accepted(const Lock& lock, std::vector<review::Finding>& findings) {
  std::vector<review::StaleAcceptance> stale;
  for (const auto& one : lock.accepted) {
    bool used = false;
    for (auto& finding : findings) {
      if (finding.rule != one.rule || finding.element != one.element) continue;
      finding.accepted = one.reason;
      used = true;
    }
    if (!used) stale.push_back({one.rule, one.element});
  }
  return stale;
}

}  // namespace kingpost::app
