#include "kingpost/foreign/yaml_value.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <map>
#include <streambuf>
#include <utility>

namespace kingpost::foreign {
namespace {

/// What stands where nothing does.
const Value& nothing() {
  static const Value kNothing;
  return kNothing;
}

/// Leaves the YAML reader: its parser recurses only after the handler returned.
struct TooMuch {
  const char* why;
};

std::size_t count_nodes(const Value& value) {
  std::size_t count = 1;
  for (const auto& item : value.items) count += count_nodes(item);
  for (const auto& member : value.members) count += count_nodes(member.value);
  return count;
}

/// YAML's merge key: what the map says itself wins, then the first map that says it.
void merge_keys(Value& map) {
  std::vector<Member> merged;
  for (auto& member : map.members) {
    if (member.name != "<<") continue;
    std::vector<Value> sources;
    if (member.value.is_list()) {
      sources = std::move(member.value.items);
    } else {
      sources.push_back(std::move(member.value));
    }
    for (auto& source : sources) std::move(source.members.begin(), source.members.end(), std::back_inserter(merged));
  }
  std::erase_if(map.members, [](const Member& member) { return member.name == "<<"; });
  for (auto& member : merged) {
    if (!map.has(member.name)) map.members.push_back(std::move(member));
  }
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  std::vector<Value> documents;

  void OnDocumentStart(const YAML::Mark& mark) override {
    // A stray bracket is never taken from the input, and begins a document again and again.
    if (started_ && mark.pos <= last_start_) throw YAML::ParserException(mark, "a bracket that nothing opened");
    started_ = true;
    last_start_ = mark.pos;
    frames_.clear();
    anchors_.clear();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { place(value_at(Value::Kind::kNull, mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw TooMuch{"an alias stands inside its own anchor"};
    nodes_ += found->second.nodes;
    check();
    Value copy = found->second.value;
    copy.line = static_cast<std::uint32_t>(mark.line + 1);
    copy.column = static_cast<std::uint32_t>(mark.column + 1);
    place(std::move(copy), YAML::NullAnchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) override {
    Value value = value_at(Value::Kind::kText, mark);
    value.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    const bool empty = !value.quoted && (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
    if (empty) value.kind = Value::Kind::kNull;
    value.text = text;
    place(std::move(value), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) override {
    open(value_at(Value::Kind::kList, mark), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) override {
    open(value_at(Value::Kind::kMap, mark), anchor);
  }
  void OnMapEnd() override {
    merge_keys(frames_.back().value);
    close();
  }

  /// After an error: what was read of the document so far.
  void finish() {
    while (!frames_.empty()) {
      if (frames_.back().value.is_map()) merge_keys(frames_.back().value);
      close();
    }
  }

 private:
  struct Frame {
    Value value;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool key_pending = false;
    Member key;
  };
  struct Anchored {
    Value value;
    std::size_t nodes = 0;
  };

  static Value value_at(Value::Kind kind, const YAML::Mark& mark) {
    Value value;
    value.kind = kind;
    value.line = static_cast<std::uint32_t>(mark.line + 1);
    value.column = static_cast<std::uint32_t>(mark.column + 1);
    return value;
  }
  void check() const {
    if (nodes_ > kMaxForeignNodes) throw TooMuch{"it has too many values, aliases counted"};
  }
  void open(Value value, YAML::anchor_t anchor) {
    if (frames_.size() >= kMaxForeignDepth) throw TooMuch{"it is nested too deeply"};
    ++nodes_;
    check();
    frames_.push_back({std::move(value), anchor, false, {}});
  }
  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    --nodes_;
    place(std::move(frame.value), frame.anchor);
  }
  void place(Value value, YAML::anchor_t anchor) {
    ++nodes_;
    check();
    if (anchor != YAML::NullAnchor) remember(value, anchor);
    if (frames_.empty()) {
      documents.push_back(std::move(value));
      return;
    }
    Frame& top = frames_.back();
    if (top.value.is_list()) {
      top.value.items.push_back(std::move(value));
    } else if (!top.key_pending) {
      // A collection as a key has no name that anybody could ask for.
      top.key = {value.text, value.line, value.column, {}};
      top.key_pending = true;
    } else {
      top.key.value = std::move(value);
      top.value.members.push_back(std::move(top.key));
      top.key = {};
      top.key_pending = false;
    }
  }
  void remember(const Value& value, YAML::anchor_t anchor) {
    const std::size_t nodes = count_nodes(value);
    nodes_ += nodes;
    check();
    anchors_[anchor] = {value, nodes};
  }

  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  bool started_ = false;
  int last_start_ = 0;
};

/// Reads the caller's text where it stands.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string& text) { setg(text.data(), text.data(), text.data() + text.size()); }
};

}  // namespace

const Value& Value::operator[](std::string_view name) const {
  for (const auto& member : members) {
    if (member.name == name) return member.value;
  }
  return nothing();
}

bool Value::has(std::string_view name) const {
  return std::any_of(members.begin(), members.end(), [&](const Member& member) { return member.name == name; });
}

const std::string& Value::text_of(std::string_view name) const {
  const auto& found = (*this)[name];
  return found.is_text() ? found.text : nothing().text;
}

bool Value::is_true() const noexcept {
  return kind == Kind::kText && !quoted && (text == "true" || text == "True" || text == "TRUE" || text == "yes" || text == "on");
}

int Value::number(int otherwise) const noexcept {
  int parsed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  return kind == Kind::kText && error == std::errc{} && end == text.data() + text.size() ? parsed : otherwise;
}

Span Value::span(FileIndex file) const noexcept { return {file, line, column, line, column}; }
Span Member::span(FileIndex file) const noexcept {
  return {file, line, column, line, column + static_cast<std::uint32_t>(std::min<std::size_t>(name.size(), 200))};
}

void refuse(Diagnostics& diagnostics, FileIndex file, std::uint32_t line, std::uint32_t column, std::string message) {
  diagnostics.warning("foreign-parse", {file, line, column, line, column}, std::move(message));
}

std::vector<Value> read_yaml(std::string_view text, FileIndex file, Diagnostics& diagnostics) {
  TreeBuilder builder;
  if (text.size() > kMaxForeignBytes) {
    refuse(diagnostics, file, 1, 1, fmt::format("This file has more than {} MiB and was not read.", kMaxForeignBytes >> 20U));
    return {};
  }
  std::string copy(text);
  TextBuffer buffer(copy);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const auto line = static_cast<std::uint32_t>(std::max(0, error.mark.line + 1));
    const auto column = static_cast<std::uint32_t>(std::max(0, error.mark.column + 1));
    refuse(diagnostics, file, line, column, fmt::format("Not read from here on: this is no YAML ({}).", error.msg));
    builder.finish();
  } catch (const TooMuch& error) {
    refuse(diagnostics, file, 1, 1, fmt::format("This YAML was not read: {}.", error.why));
    return {};
  } catch (const std::exception& error) {
    refuse(diagnostics, file, 1, 1, fmt::format("This YAML was not read: {}.", error.what()));
    return {};
  }
  return std::move(builder.documents);
}

Value read_json_or_yaml(std::string_view text, FileIndex file, Diagnostics& diagnostics) {
  const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string_view::npos && (text[first] == '{' || text[first] == '[')) {
    Diagnostics own;
    Value value = read_json(text, file, own);
    if (own.all().empty()) return value;
    // YAML may begin with a brace too; a large file is JSON that somebody broke.
    Diagnostics other;
    auto documents = text.size() < (1U << 20U) ? read_yaml(text, file, other) : std::vector<Value>{};
    if (!documents.empty() && other.all().empty()) return std::move(documents.front());
    for (const auto& diagnostic : own.all()) diagnostics.add(diagnostic);
    return value;
  }
  auto documents = read_yaml(text, file, diagnostics);
  return documents.empty() ? Value{} : std::move(documents.front());
}

}  // namespace kingpost::foreign
