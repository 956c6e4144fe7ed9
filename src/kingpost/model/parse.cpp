#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kingpost/model/grammar.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/model/source_text.hpp"
#include "kingpost/model/validate.hpp"
#include "kingpost/model/yaml.hpp"

namespace kingpost::model {
namespace {

constexpr std::size_t kMaxFiles = 256;
constexpr std::size_t kMaxImportDepth = 32;

/// The folder part of a path, with its slash; empty for a bare file name.
std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

/// Resolves `.` and `..` by text alone. Leading `..` stay, so that a path that leaves its root shows it.
std::string normal_path(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= path.size()) {
    const std::size_t end = std::min(path.size(), path.find('/', at));
    std::string part = path.substr(at, end - at);
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(std::move(part));
    }
    at = end + 1;
  }
  return fmt::format("{}", fmt::join(parts, "/"));
}

bool leaves_root(const std::string& path) { return path.rfind("..", 0) == 0 && (path.size() == 2 || path[2] == '/'); }

const KeyRule* find_section(std::string_view name) {
  for (const KeyRule& key : model_rule().keys) {
    if (key.key == name) return &key;
  }
  return nullptr;
}

/// Reads the root model and what it imports, depth first, and merges section by section.
class Loader {
 public:
  Loader(const FileReader& read, const Limits& limits, SourceMap& sources, Diagnostics& diagnostics)
      : read_(read), limits_(limits), sources_(sources), diagnostics_(diagnostics) {}

  Document load(const std::string& path) {
    root_folder_ = folder_of(path);
    const std::string name = path.substr(root_folder_.size());
    auto text = read_(path);
    if (!text) {
      const FileIndex file = sources_.add(path, {});
      diagnostics_.error("model-not-found", {file, 0, 0, 0, 0}, fmt::format("The model {} cannot be read: {}", path, text.error().message));
      return {};
    }
    stack_.push_back(name);
    document_.root.kind = NodeKind::kMap;
    Node root = read_file(path, *text);
    if (root.is_map()) {
      document_.root.span = root.span;
      follow_imports(root, name);
      prepend(std::move(root));
    }
    return std::move(document_);
  }

 private:
  Node read_file(const std::string& path, std::string_view raw) {
    const FileIndex file = sources_.add(path, std::string(without_mark(raw)));
    document_.files.push_back(path);
    bytes_ += static_cast<std::int64_t>(raw.size());
    const std::string& text = sources_.text(file);
    if (!check_source_text(text, file, limits_, diagnostics_)) return {};
    if (bytes_ > limits_.model_bytes) {
      diagnostics_.error("model-too-large", {file, 1, 1, 1, 1},
                         fmt::format("The model and its imports hold more than {} bytes.", limits_.model_bytes),
                         "Split the system, or raise the limit model_bytes.");
      return {};
    }
    const std::size_t errors = diagnostics_.error_count();
    Node node = read_yaml(text, file, limits_, diagnostics_);
    if (node.is_map()) return node;
    if (diagnostics_.error_count() == errors) {
      diagnostics_.error(node.is_null() ? "model-empty" : "wrong-shape", {file, 1, 1, 1, 1},
                         node.is_null() ? "The model is empty." : "A model is a map of sections.", "Start with `kingpost: 1` and `system: NAME`.");
    }
    return {};
  }

  void follow_imports(const Node& node, const std::string& name) {
    const Node* imports = node.find("import");
    if (imports == nullptr || !imports->is_list()) return;
    for (const Node& item : imports->items) {
      if (item.is_scalar()) import_file(item, name);
    }
  }

  void import_file(const Node& item, const std::string& from) {
    const std::string path = normal_path(folder_of(from) + item.text);
    const bool absolute = item.text.rfind('/', 0) == 0 || item.text.find('\\') != std::string::npos || item.text.find(':') != std::string::npos;
    if (absolute || leaves_root(path)) {
      diagnostics_.error("import-outside", item.span, fmt::format("`{}` leaves the folder of the model.", item.text),
                         "Import files at or below the root model's folder.");
      return;
    }
    if (std::find(stack_.begin(), stack_.end(), path) != stack_.end()) {
      std::vector<std::string> circle(std::find(stack_.begin(), stack_.end(), path), stack_.end());
      circle.push_back(path);
      diagnostics_.error("import-cycle", item.span, fmt::format("The imports run in a circle: {}.", fmt::join(circle, " → ")));
      return;
    }
    if (!imported_.insert(path).second) {
      diagnostics_.warning("import-repeated", item.span, fmt::format("`{}` is imported already; it is read once.", path), "Remove this import.");
      return;
    }
    if (document_.files.size() >= kMaxFiles || stack_.size() >= kMaxImportDepth) {
      diagnostics_.error("import-limit", item.span,
                         fmt::format("A model holds at most {} files, imported at most {} deep.", kMaxFiles, kMaxImportDepth));
      return;
    }
    auto text = read_(root_folder_ + path);
    if (!text) {
      diagnostics_.error("import-not-found", item.span, fmt::format("`{}` cannot be read: {}", path, text.error().message));
      return;
    }
    stack_.push_back(path);
    Node node = read_file(root_folder_ + path, *text);
    follow_imports(node, path);
    check_header(node);
    imported_trees_.push_back(std::move(node));
    stack_.pop_back();
  }

  /// An imported file may repeat the version of the language; its own imports are followed already.
  void check_header(Node& node) {
    static constexpr std::string_view kHeader[] = {"kingpost", "import"};
    for (const std::string_view key : kHeader) {
      const auto member = std::find_if(node.members.begin(), node.members.end(), [key](const Member& each) { return each.key == key; });
      if (member == node.members.end()) continue;
      validate_tree(member->value, *find_section(key)->value, TreeState::kComplete, diagnostics_);
      node.members.erase(member);
    }
  }

  /// The root's members come first, then those of the imported files in the order of reading.
  void prepend(Node root) {
    document_.root.members = std::move(root.members);
    for (Node& tree : imported_trees_) {
      for (Member& section : tree.members) merge_section(std::move(section));
    }
  }

  void merge_section(Member section) {
    auto& members = document_.root.members;
    const auto existing = std::find_if(members.begin(), members.end(), [&section](const Member& each) { return each.key == section.key; });
    if (existing == members.end()) {
      members.push_back(std::move(section));
      return;
    }
    const KeyRule* rule = find_section(section.key);
    const bool mergeable = rule != nullptr && rule->value->form == Form::kNamed;
    if (!mergeable) {
      diagnostics_.error("duplicate-section", section.key_span, fmt::format("`{}` is already written at {}.", section.key, place(existing->key_span)),
                         "Write it in one file of the model.");
      return;
    }
    if (!existing->value.is_map() || !section.value.is_map()) {
      if (!section.value.is_map()) validate_tree(section.value, *rule->value, TreeState::kComplete, diagnostics_);
      if (!existing->value.is_map()) validate_tree(existing->value, *rule->value, TreeState::kComplete, diagnostics_);
      if (section.value.is_map()) existing->value = std::move(section.value);
      return;
    }
    merge_members(existing->value, std::move(section.value));
  }

  void merge_members(Node& into, Node from) {
    std::map<std::string, Span> known;
    for (const Member& member : into.members) known.emplace(member.key, member.key_span);
    for (Member& member : from.members) {
      const auto [same, fresh] = known.emplace(member.key, member.key_span);
      if (fresh) {
        into.members.push_back(std::move(member));
        continue;
      }
      diagnostics_.error("duplicate-name", member.key_span, fmt::format("`{}` is already defined at {}.", member.key, place(same->second)),
                         "Rename or remove one of them.");
    }
  }

  [[nodiscard]] std::string place(const Span& span) const { return fmt::format("{}:{}", sources_.name(span.file), span.line); }

  const FileReader& read_;
  const Limits& limits_;
  SourceMap& sources_;
  Diagnostics& diagnostics_;
  std::string root_folder_;
  std::vector<std::string> stack_;
  std::set<std::string> imported_;
  std::vector<Node> imported_trees_;
  Document document_;
  std::int64_t bytes_ = 0;
};

TreeState state_of(const Diagnostics& diagnostics) {
  static constexpr std::string_view kTearing[] = {"yaml-syntax", "model-too-deep", "model-too-large", "invalid-utf8", "bad-character", "yaml-tab"};
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (std::find(std::begin(kTearing), std::end(kTearing), diagnostic.code) != std::end(kTearing)) return TreeState::kTorn;
  }
  return TreeState::kComplete;
}

}  // namespace

Document parse_model(const std::string& path, const FileReader& read, const Limits& limits, SourceMap& sources, Diagnostics& diagnostics) {
  Document document = Loader(read, limits, sources, diagnostics).load(path);
  if (!document.root.members.empty()) validate_tree(document.root, model_rule(), state_of(diagnostics), diagnostics);
  diagnostics.sort();
  return document;
}

}  // namespace kingpost::model
