#include "kingpost/app/rule_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "kingpost/app/loading.hpp"

namespace kingpost::app {
namespace {

/// Text as a cell of a table: a bar would begin the next one.
std::string cell(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '|') out += '\\';
    out += byte;
  }
  return out;
}

std::string_view decided_on(const RulePage& page) {
  const bool model = page.row != nullptr && page.row->model;
  return model && !page.on_files.empty() ? "models, files" : model ? "models" : "files";
}

std::string_view looks_for(const RulePage& page) {
  if (page.row != nullptr && (page.row->model || page.on_files.empty())) return page.row->looks_for;
  return page.on_files.front()->looks_for;
}

/// What the review says of the example, as of a file in the folder one stands in.
std::string without_folder(std::string text, const std::string& folder) {
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) text.erase(at, folder.size());
  return text;
}

/// The kinds of files whose cases the tests keep, with the fence and the name that readers know.
struct FileKindRow {
  const char* folder;
  const char* title;
};
constexpr FileKindRow kKinds[] = {{"sql", "SQL"},        {"openapi", "OpenAPI"}, {"swagger", "Swagger 2"},     {"graphql", "GraphQL"},
                                  {"proto", "protobuf"}, {"compose", "compose"}, {"kubernetes", "Kubernetes"}, {"env", ".env"}};

/// The file of a case, whatever its ending; empty when there is none.
std::filesystem::path example_file(const std::filesystem::path& folder, std::string_view stem) {
  std::error_code code;
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder, code)) {
    if (entry.path().stem() == stem) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? std::filesystem::path() : found.front();
}

Result<std::string> print_model_examples(const std::filesystem::path& folder, std::string_view id) {
  std::string out;
  const std::pair<const char*, const char*> parts[] = {
      {"bad.yaml", "## Speaks of\n\n```yaml\n"}, {"expected.txt", "## Says\n\n```text\n"}, {"good.yaml", "## Is silent on\n\n```yaml\n"}};
  for (const auto& [name, head] : parts) {
    const auto text = read_file((folder / name).string());
    if (!text) return fail(text.error());
    out += fmt::format("\n{}{}```\n", head, without_folder(*text, fmt::format("tests/cases/review/{}/", id)));
  }
  return out;
}

/// One bad file a kind with what is said of it. Error kp-file when no kind has one.
Result<std::string> print_file_examples(const std::filesystem::path& examples, std::string_view id) {
  std::string out;
  for (const FileKindRow& kind : kKinds) {
    const auto folder = examples / kind.folder / std::string(id);
    const auto bad = example_file(folder, "bad");
    if (bad.empty()) continue;
    const auto text = read_file(bad.string());
    const auto said = read_file((folder / "expected.txt").string());
    if (!text || !said) return fail(text ? said.error() : text.error());
    const std::string fence = bad.extension() == ".sql"       ? "sql"
                              : bad.extension() == ".graphql" ? "graphql"
                              : bad.extension() == ".json"    ? "json"
                                                              : "yaml";
    out += fmt::format("\n## In {}\n\n```{}\n{}```\n\n```text\n{}```\n", kind.title, fence, *text, *said);
  }
  if (out.empty()) return fail(ErrorKind::kNotFound, "kp-file", fmt::format("there is no example of {} below {}", id, examples.string()));
  return out;
}

}  // namespace

std::vector<RulePage> all_rule_pages() {
  std::vector<RulePage> out;
  for (const review::RuleRow& row : review::rules()) out.push_back({row.id, row.number, row.group, row.title, &row, {}});
  for (const auto rules : {assess::sql_rules(), assess::migration_rules(), assess::api_rules(), assess::deploy_rules()}) {
    for (const assess::Rule& rule : rules) {
      auto page = std::find_if(out.begin(), out.end(), [&](const RulePage& one) { return one.id == rule.id; });
      if (page == out.end()) page = out.insert(out.end(), {rule.id, rule.number, rule.group, rule.title, nullptr, {}});
      page->on_files.push_back(&rule);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const RulePage& left, const RulePage& right) { return left.number < right.number; });
  return out;
}

std::string print_rule_index(const std::vector<RulePage>& pages) {
  std::string out =
      "# Review rules\n\nWhat `kingpost review` looks for: in models, and in what exists without one (SQL, migrations, API descriptions, "
      "deployments).\n"
      "A finding is an error when data, money or secrets are lost, a warning when it hurts within the declared life of the system, a note else.\n"
      "Rules 27, 28, 43 and 68 to 70 of the catalogue need a database with data in it or measured load; from 101 on they speak of files alone.\n\n"
      "| number | rule | group | title | looks for | decided on | `--fix` |\n| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const RulePage& page : pages) {
    out += fmt::format("| {0} | [`{1}`](rules/{1}.md) | {2} | {3} | {4} | {5} | {6} |\n", page.number, page.id, page.group, cell(page.title),
                       cell(looks_for(page)), decided_on(page), page.row != nullptr && page.row->edits ? "yes" : "");
  }
  return out;
}

Result<std::string> print_rule_page(const RulePage& page, const std::string& examples) {
  const review::RuleRow* row = page.row;
  std::string out =
      fmt::format("# {}: {}\n\nRule {} of the group {}. Decided on {}.\n\n", page.id, page.title, page.number, page.group, decided_on(page));
  out += fmt::format("**Looks for.** {}\n", looks_for(page));
  for (const assess::Rule* rule : page.on_files) {
    if (rule->looks_for != looks_for(page)) out += fmt::format("\n**In files.** {}\n", rule->looks_for);
  }
  if (row != nullptr) out += fmt::format("\n**Why.** {}\n", row->why);
  // What is said of files says how bad it is each time.
  if (row != nullptr && row->model) out += fmt::format("\n**Severity.** {}.\n", row->severity);
  if (row != nullptr && row->model) {
    out += row->edits ? "\n**Fix.** `kingpost review MODEL --fix` carries out what is an edit, and keeps it only when it makes no other finding.\n"
                      : "\n**Fix.** A decision, not an edit: the finding says what to write instead.\n";
    out += fmt::format("To live with it: `kingpost review MODEL --accept {}:ELEMENT --reason \"…\"`.\n", page.id);
  }
  if (examples.empty()) return out;
  if (row != nullptr && row->model) {
    auto text = print_model_examples(std::filesystem::path(examples) / "review" / std::string(page.id), page.id);
    if (!text) return text;
    out += *text;
  }
  if (!page.on_files.empty()) {
    auto text = print_file_examples(std::filesystem::path(examples) / "assess", page.id);
    if (!text) return text;
    out += *text;
  }
  return out;
}

}  // namespace kingpost::app
