#include "kingpost/model/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>
#include <utility>

#include "kingpost/model/source_text.hpp"

namespace kingpost::model {
namespace {

/// A value is looked for in at most so many entries that commas have torn off.
constexpr std::size_t kMaxTornEntries = 512;

/// Leaves the YAML reader once the tree grows too deep: its parser recurses only after the handler returned.
struct TooDeep {};

/// A collection being read.
struct Frame {
  Node node;
  bool is_key = false;       // a collection written where a key belongs: read and dropped
  bool key_pending = false;  // the map has a key and waits for its value
  bool key_refused = false;  // the pending key is no scalar: its value is dropped
  std::string key;
  Span key_span;
  bool key_quoted = false;
};

int paren_balance(std::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '(')) - static_cast<int>(std::count(text.begin(), text.end(), ')'));
}

/// What usually lies behind a message of the YAML library.
std::string_view syntax_advice(std::string_view message) {
  struct Advice {
    std::string_view message;
    std::string_view advice;
  };
  static constexpr Advice kAdvice[] = {
      {"illegal map value", "Quote a value that holds `: `."},
      {"end of map not found", "The line's indentation fits none of the lines above."},
      {"end of sequence not found", "The line's indentation fits none of the lines above."},
      {"end of map flow not found", "A `{` is never closed, or a value with a comma or bracket needs quotes."},
      {"end of sequence flow not found", "A `[` is never closed, or a value with a comma or bracket needs quotes."},
  };
  for (const Advice& each : kAdvice) {
    if (each.message == message) return each.advice;
  }
  return {};
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, FileIndex file, const Limits& limits, Diagnostics& diagnostics)
      : text_(text),
        file_(file),
        depth_limit_(static_cast<std::size_t>(std::max<std::int64_t>(1, limits.model_depth))),
        lines_(text),
        diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    Node node;
    const std::size_t at = position(mark);
    const std::size_t length = written_null(at);
    if (length > 0) {
      node.span = lines_.span(file_, at, at + length);
    } else if (!frames_.empty() && frames_.back().key_pending) {
      node.span = frames_.back().key_span;
    } else {
      node.span = lines_.span(file_, at, at);
    }
    place(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    refuse("yaml-anchor", mark, "Aliases (`*name`) are not part of the model language.", "Write the value out, or use a mixin or a named policy.");
    skip(mark);
  }
  void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override {
    refuse("yaml-anchor", mark, "Anchors (`&name`) are not part of the model language.", "Remove the anchor, or use a mixin or a named policy.");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/, const std::string& value) override {
    check_tag(mark, tag);
    Node node;
    node.kind = NodeKind::kScalar;
    node.text = value;
    const std::size_t at = position(mark);
    node.quoted = at < text_.size() && std::string_view("\"'|>").find(text_[at]) != std::string_view::npos;
    const std::size_t end = scalar_end(at, node);
    node.span = lines_.span(file_, at, end);
    const bool in_quotes = node.quoted && (text_[at] == '"' || text_[at] == '\'');
    if (in_quotes && (end - at < 2 || text_[end - 1] != text_[at])) {
      diagnostics_.error("yaml-syntax", lines_.span(file_, at, at + 1), "This is not readable YAML: the quote is never closed.");
    }
    place(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value style) override {
    open(mark, tag, NodeKind::kList, style == YAML::EmitterStyle::Flow);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value style) override {
    open(mark, tag, NodeKind::kMap, style == YAML::EmitterStyle::Flow);
  }
  void OnMapEnd() override { close(); }

  /// The tree read so far; open collections are closed where they are.
  Node take() {
    while (!frames_.empty()) close();
    return std::move(root_);
  }

  void syntax_error(std::size_t at, std::string_view message) {
    diagnostics_.error("yaml-syntax", lines_.span(file_, at, at + 1), fmt::format("This is not readable YAML: {}.", message),
                       std::string(syntax_advice(message)));
  }
  void syntax_error(const YAML::Mark& mark, std::string_view message) { syntax_error(position(mark), message); }
  void too_deep() {
    const Span span = frames_.empty() ? Span{file_, 1, 1, 1, 1} : frames_.back().node.span;
    diagnostics_.error("model-too-deep", span, fmt::format("The model nests deeper than {} levels.", depth_limit_));
  }
  void second_document(const YAML::Mark& mark) {
    refuse("yaml-documents", mark, "A model file holds one YAML document.", "Move what follows `---` to a file of its own and import it.");
  }

 private:
  [[nodiscard]] std::size_t position(const YAML::Mark& mark) const {
    return mark.pos < 0 ? 0 : std::min(text_.size(), static_cast<std::size_t>(mark.pos));
  }

  void refuse(std::string code, const YAML::Mark& mark, std::string message, std::string suggestion) {
    const std::size_t at = position(mark);
    diagnostics_.error(std::move(code), lines_.span(file_, at, at + 1), std::move(message), std::move(suggestion));
  }

  /// The length of a null that is written out; 0 when the value is left out and what stands here is the next token.
  [[nodiscard]] std::size_t written_null(std::size_t at) const {
    static constexpr std::string_view kWords[] = {"~", "null", "Null", "NULL"};
    for (const std::string_view word : kWords) {
      if (text_.substr(std::min(at, text_.size()), word.size()) != word) continue;
      const std::size_t next = std::min(text_.size(), text_.find_first_not_of(" \t", at + word.size()));
      if (next >= text_.size() || (text_[next] == '#' && next > at + word.size()) ||
          std::string_view("\r\n,]}").find(text_[next]) != std::string_view::npos)
        return word.size();
    }
    return 0;
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    refuse("yaml-tag", mark, "Tags (`!name`) are not part of the model language.", "Remove the tag; quote the value to keep it a text.");
  }

  /// The end of a plain scalar: over several lines, each run of blanks and line ends stands for one blank or for line ends of the text.
  [[nodiscard]] std::size_t plain_end(std::size_t at, std::string_view text) const {
    static constexpr std::string_view kBlanks = " \t\r\n";
    std::size_t next = 0;
    while (next < text.size() && at < text_.size()) {
      if (text_[at] == text[next] && text[next] != '\n') {
        ++at;
        ++next;
      } else if (kBlanks.find(text_[at]) != std::string_view::npos) {
        at = std::min(text_.size(), text_.find_first_not_of(kBlanks, at));
        next = std::min(text.size(), text.find_first_not_of(kBlanks, next));
      } else {
        break;
      }
    }
    return at;
  }

  [[nodiscard]] std::size_t scalar_end(std::size_t at, const Node& node) const {
    const auto line_end = [this](std::size_t from) { return std::min(text_.size(), text_.find('\n', from)); };
    if (at >= text_.size()) return at;
    if (!node.quoted) return plain_end(at, node.text);
    const char quote = text_[at];
    if (quote == '|' || quote == '>') return line_end(at);
    for (std::size_t next = at + 1; next < text_.size(); ++next) {
      if (quote == '"' && text_[next] == '\\') {
        ++next;
      } else if (text_[next] == quote) {
        if (quote == '\'' && next + 1 < text_.size() && text_[next + 1] == '\'') {
          ++next;
        } else {
          return next + 1;
        }
      }
    }
    return text_.size();
  }

  void open(const YAML::Mark& mark, const std::string& tag, NodeKind kind, bool flow) {
    check_tag(mark, tag);
    Frame frame;
    frame.node.kind = kind;
    frame.node.flow = flow;
    const std::size_t at = position(mark);
    frame.node.span = lines_.span(file_, at, at + 1);
    frame.is_key = !frames_.empty() && frames_.back().node.is_map() && !frames_.back().key_pending;
    frames_.push_back(std::move(frame));
    if (frames_.size() > depth_limit_) throw TooDeep{};
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    Node& node = frame.node;
    if (frame.key_pending && !frame.key_refused)
      node.members.push_back({frame.key, frame.key_span, Node{NodeKind::kNull, false, false, frame.key_span, {}, {}, {}}});
    if (node.flow) mend_torn_values(node);
    if (node.is_map()) drop_duplicates(node);
    close_span(node);
    if (frame.is_key) {
      diagnostics_.error("yaml-key", node.span, "A key must be a plain name.");
      frames_.back().key_pending = true;
      frames_.back().key_refused = true;
      frames_.back().key_span = node.span;
      return;
    }
    place(std::move(node));
  }

  void close_span(Node& node) const {
    const Span* last = nullptr;
    if (!node.members.empty()) last = &node.members.back().value.span;
    if (!node.items.empty()) last = &node.items.back().span;
    std::size_t end = last == nullptr ? lines_.offset(node.span.end_line, node.span.end_column) : lines_.offset(last->end_line, last->end_column);
    const std::size_t begin = lines_.offset(node.span.line, node.span.column);
    const char opening = begin < text_.size() ? text_[begin] : ' ';
    if (node.flow && (opening == '{' || opening == '[')) end = flow_end(std::max(end, begin + 1), opening == '{' ? '}' : ']');
    const Span whole = lines_.span(file_, begin, end);
    node.span.end_line = whole.end_line;
    node.span.end_column = whole.end_column;
  }

  /// The place behind the closing bracket; between the last entry and it stand only blanks, a comma and comments.
  [[nodiscard]] std::size_t flow_end(std::size_t from, char closing) const {
    for (std::size_t at = from; at < text_.size(); ++at) {
      if (text_[at] == closing) return at + 1;
      if (text_[at] == '#' && (text_[at - 1] == ' ' || text_[at - 1] == '\n')) at = std::min(text_.size() - 1, text_.find('\n', at));
    }
    return text_.size();
  }

  void place(Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.is_list()) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key_pending) {
      take_key(frame, node);
    } else {
      frame.key_pending = false;
      if (!std::exchange(frame.key_refused, false)) frame.node.members.push_back({std::move(frame.key), frame.key_span, std::move(node)});
    }
  }

  /// Passes over a refused value, so that no second diagnostic follows from it.
  void skip(const YAML::Mark& mark) {
    if (frames_.empty() || frames_.back().node.is_list()) return;
    Frame& frame = frames_.back();
    if (frame.key_pending) {
      frame.key_pending = false;
      frame.key_refused = false;
      return;
    }
    frame.key_pending = true;
    frame.key_refused = true;
    frame.key_span = lines_.span(file_, position(mark), position(mark) + 1);
  }

  void take_key(Frame& frame, Node& node) {
    frame.key_pending = true;
    frame.key_span = node.span;
    frame.key_refused = !node.is_scalar();
    if (!node.is_scalar()) {
      diagnostics_.error("yaml-key", node.span, "A key must be a plain name.");
    } else if (node.text == "<<" && !node.quoted) {
      frame.key_refused = true;
      diagnostics_.error("yaml-merge-key", node.span, "Merge keys (`<<`) are not part of the model language.", "Use a mixin.");
    }
    frame.key = std::move(node.text);
  }

  /// Joins `decimal(12` and `2)` again: a comma inside parentheses ends an entry of a flow collection.
  void mend_torn_values(Node& node) {
    mend_entries(
        node.members, [](const Member& member) { return member.value.is_scalar() && !member.value.quoted; }, torn_member,
        [this](Member& first, const Member& last) { mend(first.value, last.value.is_null() ? last.key_span : last.value.span); });
    mend_entries(
        node.items, [](const Node& item) { return item.is_scalar() && !item.quoted; },
        [](const Node& item) { return item.quoted ? std::string_view() : std::string_view(item.text); },
        [this](Node& first, const Node& last) { mend(first, last.span); });
  }

  template <typename Entry, typename Starts, typename Text, typename Mend>
  static void mend_entries(std::vector<Entry>& entries, const Starts& starts, const Text& text, const Mend& mend_entry) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries.size(); ++i, ++kept) {
      const std::size_t end = starts(entries[i]) ? torn_until(i, entries, text) : i;
      if (end != i) mend_entry(entries[i], entries[end]);
      if (kept != i) entries[kept] = std::move(entries[i]);
      i = end;
    }
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(kept), entries.end());
  }

  static std::string_view torn_member(const Member& member) {
    if (member.value.is_null()) return member.key;
    return member.value.is_scalar() && !member.value.quoted ? std::string_view(member.value.text) : std::string_view();
  }

  /// The last entry of the value that starts at `from`; `from` itself when its parentheses are balanced or never close.
  template <typename Entry, typename Text>
  static std::size_t torn_until(std::size_t from, const std::vector<Entry>& entries, const Text& text) {
    int balance = paren_balance(text(entries[from]));
    const std::size_t bound = std::min(entries.size(), from + kMaxTornEntries);
    for (std::size_t at = from + 1; balance > 0 && at < bound; ++at) {
      balance += paren_balance(text(entries[at]));
      if (balance <= 0) return at;
    }
    return from;
  }

  void mend(Node& value, const Span& last) {
    const std::size_t begin = lines_.offset(value.span.line, value.span.column);
    const std::size_t end = lines_.offset(last.end_line, last.end_column);
    value.text = std::string(text_.substr(begin, end > begin ? end - begin : 0));
    value.span = lines_.span(file_, begin, end);
    std::string quoted = "'";
    for (const char c : value.text) quoted += c == '\'' ? "''" : std::string(1, c);
    quoted += '\'';
    diagnostics_.add({Severity::kError, "flow-comma",
                      fmt::format("The comma inside `{}` ends the entry of the flow collection it stands in.", value.text), value.span,
                      fmt::format("Quote it: {}.", quoted), TextEdit{value.span, quoted}});
  }

  void drop_duplicates(Node& node) {
    std::map<std::string_view, std::uint32_t> seen;
    std::vector<std::size_t> repeated;
    for (std::size_t i = 0; i < node.members.size(); ++i) {
      const Member& member = node.members[i];
      const auto [known, fresh] = seen.emplace(member.key, member.key_span.line);
      if (fresh) continue;
      diagnostics_.error("duplicate-key", member.key_span,
                         fmt::format("The key `{}` is already written in line {} of the same map.", member.key, known->second));
      repeated.push_back(i);
    }
    if (repeated.empty()) return;
    std::vector<Member> kept;
    std::size_t next = 0;
    for (std::size_t i = 0; i < node.members.size(); ++i) {
      if (next < repeated.size() && repeated[next] == i) {
        ++next;
      } else {
        kept.push_back(std::move(node.members[i]));
      }
    }
    node.members = std::move(kept);
  }

  std::string_view text_;
  FileIndex file_;
  std::size_t depth_limit_;
  LineIndex lines_;
  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
  Node root_;
};

/// Finds a further document without keeping anything of it.
class DocumentProbe final : public YAML::EventHandler {
 public:
  bool found = false;
  YAML::Mark mark;
  void OnDocumentStart(const YAML::Mark& start) override {
    found = true;
    mark = start;
    throw TooDeep{};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/, const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}
};

/// Reads from memory without copying the text.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): a get area is only read
    setg(begin, begin, begin + text.size());
  }
};

void read_documents(std::string_view text, TreeBuilder& builder) {
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return;
    DocumentProbe probe;
    try {
      static_cast<void>(parser.HandleNextDocument(probe));
    } catch (const TooDeep&) {
      builder.second_document(probe.mark);
    }
  } catch (const TooDeep&) {
    builder.too_deep();
  } catch (const YAML::Exception& error) {
    builder.syntax_error(error.mark, error.msg);
  } catch (const std::exception& error) {
    builder.syntax_error(std::size_t{0}, error.what());
  }
}

}  // namespace

Node read_yaml(std::string_view text, FileIndex file, const Limits& limits, Diagnostics& diagnostics) {
  TreeBuilder builder(text, file, limits, diagnostics);
  read_documents(text, builder);
  return builder.take();
}

}  // namespace kingpost::model
