#include "kingpost/model/edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "kingpost/base/limits.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/model/source_text.hpp"
#include "kingpost/model/tree.hpp"
#include "kingpost/model/yaml.hpp"

namespace kingpost::model {
namespace {

constexpr std::size_t kIndent = 2;

Error refused(std::string why) { return make_error(ErrorKind::kInvalidArgument, "edit-refused", std::move(why)); }

/// Where a node hangs: the maps around it from the root on, each with the member that leads inwards.
struct Place {
  std::vector<std::pair<const Node*, const Member*>> around;
  const Node* node = nullptr;
};

bool begins_at(const Span& span, const Span& anchor) { return span.line == anchor.line && span.column == anchor.column; }

/// Finds the member whose name stands at the anchor or, for steps, the map that begins there.
bool find_place(const Node& node, const Span& anchor, bool wants_map, Place& place) {
  const auto try_map = [&](const Node& map) {
    if (!wants_map || !map.is_map() || !begins_at(map.span, anchor)) return false;
    place.node = &map;
    return true;
  };
  for (const Node& item : node.items) {
    if (try_map(item) || find_place(item, anchor, wants_map, place)) return true;
  }
  for (const Member& member : node.members) {
    place.around.emplace_back(&node, &member);
    place.node = &member.value;
    if (begins_at(member.key_span, anchor)) return true;
    if (try_map(member.value) && member.value.flow) return true;
    if (find_place(member.value, anchor, wants_map, place)) return true;
    place.around.pop_back();
  }
  return false;
}

/// A text as it may stand as a value: quoted where YAML would read something else.
std::string value_text(const std::string& text, bool in_flow) {
  const bool collection = !text.empty() && (text.front() == '{' || text.front() == '[');
  if (collection) return text;
  const bool special = text.empty() || std::string_view("!&*?|>'\"%@`#,]}").find(text.front()) != std::string_view::npos ||
                       text.find(": ") != std::string::npos || text.find(" #") != std::string::npos || text.back() == ':';
  if (!special && !(in_flow && text.find_first_of(",[]{}") != std::string::npos)) return text;
  std::string out = "'";
  for (const char byte : text) out += byte == '\'' ? std::string("''") : std::string(1, byte);
  return out + "'";
}

/// A member that is to be there: `key: text`, or an item of the list `key`, below the maps of `path`.
struct Addition {
  std::vector<std::string> path;
  std::string key;
  std::string text;
  bool item = false;
};

class Editor {
 public:
  Editor(std::string_view text, FileIndex file) : text_(text), file_(file), lines_(text) {}

  Result<TextEdit> insert(const Node& map, const Member* holder, const Addition& wanted) const {
    if (map.flow || (map.is_map() && map.members.empty())) return insert_flow(map, wanted);
    if (!map.is_map()) return fail(refused(fmt::format("`{}` is no map", holder == nullptr ? "the model" : holder->key)));
    const std::size_t indent = map.members.front().key_span.column - 1;
    const std::size_t at = line_end(last_line(map, indent + 1));
    const std::string end = at > 0 && at < text_.size() && text_[at] == '\r' ? "\r\n" : "\n";
    std::string added = holder == nullptr ? end : std::string();  // sections of a model stand apart
    std::size_t deep = indent;
    for (const auto& name : wanted.path) {
      added += end + std::string(deep, ' ') + name + ":";
      deep += kIndent;
    }
    added += end + std::string(deep, ' ') + wanted.key + ":";
    added += wanted.item ? end + std::string(deep + kIndent, ' ') + "- " + wanted.text : " " + value_text(wanted.text, false);
    return edit(at, at, added);
  }

  Result<TextEdit> set(const Node& map, const Member& member, const std::string& value, bool in_flow) const {
    const std::string text = value_text(value, in_flow);
    if (member.value.is_null()) {
      const std::size_t colon = text_.find(':', offset_end(member.key_span));
      if (colon == std::string_view::npos) return fail(refused("no value to set"));
      return edit(colon + 1, colon + 1, " " + text);
    }
    const bool whole = member.value.is_scalar() || member.value.flow;
    if (!whole || is_block(member.value)) return fail(refused(fmt::format("`{}` is written over several lines", member.key)));
    static_cast<void>(map);
    return edit(offset(member.value.span), offset_end(member.value.span), text);
  }

  Result<TextEdit> append_item(const Member& member, const std::string& value) const {
    const Node& list = member.value;
    if (!list.is_list() || list.items.empty()) return fail(refused(fmt::format("`{}` is no list", member.key)));
    if (list.flow) {
      const std::size_t at = offset_end(list.items.back().span);
      return edit(at, at, ", " + value_text(value, true));
    }
    const std::size_t dash = text_.rfind('-', offset(list.items.front().span));
    if (dash == std::string_view::npos) return fail(refused("no list to add to"));
    const std::size_t begin = text_.rfind('\n', dash) + 1;
    const std::size_t at = line_end(last_line(list, list.items.front().span.column));
    return edit(at, at, "\n" + std::string(dash - begin, ' ') + "- " + value_text(value, false));
  }

  Result<TextEdit> remove(const Place& place) const {
    std::size_t level = place.around.size();
    // A map whose last member goes is gone itself.
    while (level > 1 && place.around[level - 1].first->members.size() == 1 && &place.around[level - 2].second->value == place.around[level - 1].first)
      --level;
    const auto& [map, member] = place.around[level - 1];
    if (!map->flow) {
      const std::size_t begin = lines_.offset(member->key_span.line, 1);
      const std::size_t end = line_end(last_line_of(*member));
      return edit(begin, std::min(text_.size(), text_.find('\n', end) == std::string_view::npos ? text_.size() : text_.find('\n', end) + 1), "");
    }
    const auto at = static_cast<std::size_t>(member - map->members.data());
    if (at + 1 < map->members.size()) return edit(offset(member->key_span), offset(map->members[at + 1].key_span), "");
    const std::size_t begin = at == 0 ? offset(member->key_span) : offset_end(map->members[at - 1].value.span);
    return edit(begin, offset_end(member->value.span), "");
  }

  Result<TextEdit> rewrite_words(const Node& scalar, const std::string& word, bool type, bool in_flow) const {
    Diagnostics ignored;
    const auto words = parse_words(scalar.text, scalar.span, ignored);
    if (words.empty() || ignored.has_errors() || is_block(scalar)) return fail(refused("the field's line cannot be read"));
    const std::string name = word.substr(0, word.find('('));
    std::string out;
    bool done = false;
    for (std::size_t at = 0; at < words.size(); ++at) {
      const bool hit = type ? at == 0 : at > 0 && words[at].name == name;
      out += (at == 0 ? "" : " ") + (hit ? word : words[at].text);
      done = done || hit;
    }
    if (!done) out += " " + word;
    return edit(offset(scalar.span), offset_end(scalar.span), value_text(out, in_flow));
  }

 private:
  [[nodiscard]] std::size_t offset(const Span& span) const { return lines_.offset(span.line, span.column); }
  [[nodiscard]] std::size_t offset_end(const Span& span) const { return lines_.offset(span.end_line, span.end_column); }
  [[nodiscard]] TextEdit edit(std::size_t begin, std::size_t end, std::string text) const {
    return {lines_.span(file_, begin, end), std::move(text)};
  }

  [[nodiscard]] bool is_block(const Node& node) const {
    const std::size_t at = offset(node.span);
    return node.is_scalar() && node.quoted && at < text_.size() && (text_[at] == '|' || text_[at] == '>');
  }

  /// The end of a line, its comment included, before its line break.
  [[nodiscard]] std::size_t line_end(std::uint32_t line) const {
    const std::size_t begin = lines_.offset(line, 1);
    const std::size_t end = std::min(text_.size(), text_.find('\n', begin));
    return end > begin && end < text_.size() && text_[end - 1] == '\r' ? end - 1 : end;
  }

  [[nodiscard]] std::uint32_t last_line_of(const Member& member) const {
    return std::max(member.key_span.end_line, member.value.is_null() ? 0U : last_line(member.value, member.key_span.column));
  }

  /// The last line of a node; a block scalar goes on while lines are blank or indented deeper than `column`, where its key stands.
  [[nodiscard]] std::uint32_t last_line(const Node& node, std::size_t column) const {
    if (node.flow) return node.span.end_line;
    if (node.is_map() && !node.members.empty()) return last_line_of(node.members.back());
    if (node.is_list() && !node.items.empty()) return last_line(node.items.back(), column);
    if (!is_block(node)) return node.span.end_line;
    std::uint32_t last = node.span.line;
    for (std::uint32_t line = last + 1; line <= lines_.lines(); ++line) {
      const std::size_t begin = lines_.offset(line, 1);
      const auto text = text_.substr(begin, line_end(line) - begin);
      const std::size_t indent = std::min(text.size(), text.find_first_not_of(' '));
      if (indent < text.size() && indent < column) break;
      if (indent < text.size()) last = line;
    }
    return last;
  }

  Result<TextEdit> insert_flow(const Node& map, const Addition& wanted) const {
    const std::string value = value_text(wanted.text, true);
    std::string added = wanted.key + ": " + (wanted.item ? "[" + value + "]" : value);
    for (auto name = wanted.path.rbegin(); name != wanted.path.rend(); ++name) added = *name + ": {" + added + "}";
    if (!map.members.empty()) {
      const auto& last = map.members.back();
      const std::size_t at = offset_end(last.value.is_null() ? last.key_span : last.value.span);
      return edit(at, at, ", " + added);
    }
    const std::size_t at = offset(map.span) + 1;
    if (!map.is_map() || !map.flow) return fail(refused("no map to add to"));
    return edit(at, at, added);
  }

  std::string_view text_;
  FileIndex file_;
  LineIndex lines_;
};

const Member* member_of(const Node& map, std::string_view key) {
  const auto found = std::find_if(map.members.begin(), map.members.end(), [&](const Member& member) { return member.key == key; });
  return found == map.members.end() ? nullptr : &*found;
}

Result<TextEdit> edit_map(const Editor& editor, const ModelEdit& edit, const Node* node, const Member* holder) {
  const bool item = edit.kind == ModelEdit::Kind::kItem;
  for (std::size_t at = 0; at < edit.path.size(); ++at) {
    const Member* next = node->is_map() ? member_of(*node, edit.path[at]) : nullptr;
    if (next == nullptr)
      return editor.insert(*node, holder, {{edit.path.begin() + static_cast<std::ptrdiff_t>(at), edit.path.end()}, edit.key, edit.text, item});
    node = &next->value;
    holder = next;
  }
  if (!node->is_map()) return fail(refused("no map stands there"));
  const Member* member = member_of(*node, edit.key);
  if (member == nullptr) return editor.insert(*node, holder, {{}, edit.key, edit.text, item});
  return item ? editor.append_item(*member, edit.text) : editor.set(*node, *member, edit.text, node->flow);
}

Result<TextEdit> edit_field(const Editor& editor, const ModelEdit& edit, const Place& place) {
  const bool type = edit.kind == ModelEdit::Kind::kType;
  const bool in_flow = std::any_of(place.around.begin(), place.around.end(), [](const auto& level) { return level.first->flow; });
  if (place.node->is_scalar()) return editor.rewrite_words(*place.node, edit.text, type, in_flow);
  if (!place.node->is_map()) return fail(refused("no field stands there"));
  ModelEdit inner{ModelEdit::Kind::kSet, {}, {}, "type", edit.text};
  if (!type) {
    const std::size_t open = edit.text.find('(');
    inner.key = edit.text.substr(0, open);
    inner.text = open == std::string::npos ? "true" : edit.text.substr(open + 1, edit.text.size() - open - 2);
  }
  return edit_map(editor, inner, place.node, place.around.back().second);
}

}  // namespace

Result<const Node*> ModelEditor::tree(FileIndex file) {
  const auto known = trees_.find(file);
  if (known != trees_.end()) return &known->second;
  Diagnostics diagnostics;
  Node root = read_yaml(sources_->text(file), file, Limits{}, diagnostics);
  if (diagnostics.has_errors()) return fail(refused(sources_->name(file) + " cannot be read"));
  return &trees_.emplace(file, std::move(root)).first->second;
}

Result<TextEdit> ModelEditor::make(const ModelEdit& edit) {
  if (sources_->size() == 0 || edit.anchor.file >= sources_->size()) return fail(refused("there is no text"));
  FileIndex file = edit.anchor.file;
  if (!edit.anchor.known()) {
    // A section is looked for in every file; a new one goes into the first.
    const std::string& section = edit.path.empty() ? edit.key : edit.path.front();
    file = 0;
    for (FileIndex at = 0; at < sources_->size(); ++at) {
      const auto root = tree(at);
      if (!root) return fail(root.error());
      if ((*root)->find(section) == nullptr) continue;
      file = at;
      break;
    }
  }
  const auto root = tree(file);
  if (!root) return fail(root.error());
  const Editor editor(sources_->text(file), file);
  const bool of_map = edit.kind == ModelEdit::Kind::kSet || edit.kind == ModelEdit::Kind::kItem;
  if (!edit.anchor.known()) {
    if (!of_map) return fail(refused("no place is named"));
    return edit_map(editor, edit, *root, nullptr);
  }
  Place place;
  if (!find_place(**root, edit.anchor, of_map, place)) return fail(refused("nothing begins at that place"));
  if (edit.kind == ModelEdit::Kind::kRemove) return editor.remove(place);
  if (!of_map) return edit_field(editor, edit, place);
  return edit_map(editor, edit, place.node, place.around.empty() ? nullptr : place.around.back().second);
}

Result<TextEdit> edit_model(const ModelEdit& edit, const SourceMap& sources) { return ModelEditor(sources).make(edit); }

Result<std::string> apply_edits(std::string_view text, FileIndex file, std::vector<TextEdit> edits) {
  const LineIndex lines(text);
  const auto begin = [&](const TextEdit& edit) { return lines.offset(edit.span.line, edit.span.column); };
  const auto end = [&](const TextEdit& edit) { return lines.offset(edit.span.end_line, edit.span.end_column); };
  std::stable_sort(edits.begin(), edits.end(), [&](const TextEdit& left, const TextEdit& right) { return begin(left) < begin(right); });
  std::string out;
  std::size_t at = 0;
  for (const TextEdit& edit : edits) {
    if (edit.span.file != file) continue;
    if (begin(edit) < at) return fail(refused("two edits overlap"));
    out += text.substr(at, begin(edit) - at);
    out += edit.replacement;
    at = end(edit);
  }
  out += text.substr(at);
  return out;
}

}  // namespace kingpost::model
