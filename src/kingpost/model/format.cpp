#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "kingpost/model/format_text.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/model/source_text.hpp"
#include "kingpost/model/yaml.hpp"

namespace kingpost::model {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::uint32_t kEndOfFile = std::numeric_limits<std::uint32_t>::max();

/// Sections whose members are separated by a blank line.
constexpr std::string_view kSpacedSections[] = {"entities", "commands", "sagas", "projections"};

bool stays_flow(const Node& node) { return node.flow && node.span.line == node.span.end_line; }
bool is_block_collection(const Node& node) {
  return (node.is_map() && !node.members.empty() && !stays_flow(node)) || (node.is_list() && !node.items.empty() && !stays_flow(node));
}

/// Where a block ends: the line of the next entry outside it, and the column where its own entries stood.
struct Extent {
  std::uint32_t end_line = kEndOfFile;
  std::uint32_t column = 1;
  std::uint32_t all_until = 0;  // comments up to this line belong to the block whatever their column (a flow collection made block)
};

/// Where an entry starts, and up to which line the comments stand above it.
struct Start {
  std::uint32_t line;
  std::uint32_t comments_until;
};

/// Prints a tree as block text and lets every comment follow the entry it stood at.
class Formatter {
 public:
  Formatter(const SourceLines& source, const std::vector<Comment>& comments) : source_(source), comments_(comments) {}

  std::string print(const Node& root) {
    print_map(root, 0, {}, Position::kRoot);
    while (next_ < comments_.size()) comment_line(0);
    return std::move(out_);
  }

 private:
  enum class Position { kRoot, kSpaced, kPlain, kInline };

  /// The source line on which the one-line part of an entry ends; earlier comments stand above the entry.
  static std::uint32_t entry_line(std::uint32_t key_line, const Node& value) {
    // A null that nobody wrote has its place at the next entry.
    if (is_block_collection(value) || value.is_null()) return key_line;
    return std::max(key_line, value.span.end_line);
  }

  static std::uint32_t item_line(const Node& item) {
    if (is_block_collection(item)) {
      if (item.is_map()) return entry_line(item.members[0].key_span.line, item.members[0].value);
      return item_line(item.items[0]);
    }
    return entry_line(item.span.line, item);
  }

  void blank() {
    if (!out_.empty() && !no_blank_ && (out_.size() < 2 || out_.compare(out_.size() - 2, 2, "\n\n") != 0)) out_ += '\n';
  }

  void comment_line(std::size_t indent) {
    out_ += std::string(indent, ' ') + comments_[next_++].text + '\n';
    no_blank_ = false;
  }

  /// Prints the comments above an entry and the blank lines before them and it.
  void lead(const Start& start, std::size_t indent, bool forced, bool first) {
    bool fresh = first;
    bool owed = forced;
    while (next_ < comments_.size() && comments_[next_].line < start.comments_until) {
      if (!fresh && (owed || source_.blank_before(comments_[next_].line))) blank();
      fresh = false;
      owed = false;
      comment_line(indent);
    }
    if (!fresh && (owed || source_.blank_before(start.line))) blank();
  }

  void end_line(std::uint32_t line) {
    if (next_ < comments_.size() && comments_[next_].line == line) out_ += "  " + comments_[next_++].text;
    out_ += '\n';
    no_blank_ = false;
  }

  void tail(const Extent& extent, std::size_t indent) {
    while (next_ < comments_.size()) {
      const Comment& comment = comments_[next_];
      const bool inside = comment.line <= extent.all_until || (comment.line < extent.end_line && comment.column >= extent.column);
      if (!inside) return;
      if (source_.blank_before(comment.line)) blank();
      comment_line(indent);
    }
  }

  void print_map(const Node& map, std::size_t indent, const Extent& extent, Position position) {
    for (std::size_t i = 0; i < map.members.size(); ++i) {
      const Member& member = map.members[i];
      if (i > 0 || position != Position::kInline) {
        bool forced = false;
        if (i > 0 && (position == Position::kRoot || position == Position::kSpaced)) forced = tall(member.value) || tall(map.members[i - 1].value);
        lead({member.key_span.line, entry_line(member.key_span.line, member.value)}, indent, forced, i == 0);
        out_.append(indent, ' ');
      }
      out_ += print_key(source_.slice(member.key_span), member.key);
      out_ += ':';
      const bool spaced =
          position == Position::kRoot && std::find(std::begin(kSpacedSections), std::end(kSpacedSections), member.key) != std::end(kSpacedSections);
      const std::uint32_t next = i + 1 < map.members.size() ? map.members[i + 1].key_span.line : extent.end_line;
      print_value(member, indent, next, spaced ? Position::kSpaced : Position::kPlain);
    }
    tail(extent, indent);
  }

  /// Takes several lines where it is printed. A quoted text never does, whatever it holds.
  [[nodiscard]] bool tall(const Node& node) const {
    return is_block_collection(node) || (node.is_scalar() && node.text.find('\n') != std::string::npos && source_.starts_block_scalar(node.span));
  }

  void print_value(const Member& member, std::size_t indent, std::uint32_t next, Position position) {
    const Node& value = member.value;
    if (is_block_collection(value)) {
      end_line(member.key_span.line);
      print_block(value, indent + kIndent, next, position);
      return;
    }
    if (!value.is_null()) out_ += ' ';
    print_leaf(value, indent, entry_line(member.key_span.line, value), member.key_span.column);
  }

  void print_block(const Node& node, std::size_t indent, std::uint32_t next, Position position) {
    Extent extent{next, node.is_map() ? node.members[0].key_span.column : node.span.column, 0};
    if (node.flow) extent = {0, 0, node.span.end_line < next ? node.span.end_line : next - 1};
    if (node.is_map()) {
      print_map(node, indent, extent, position);
    } else {
      print_list(node, indent, extent, position == Position::kInline);
    }
  }

  void print_list(const Node& list, std::size_t indent, const Extent& extent, bool inline_first) {
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const Node& item = list.items[i];
      if (i > 0 || !inline_first) {
        lead({item.span.line, item_line(item)}, indent, false, i == 0);
        out_.append(indent, ' ');
      }
      out_ += "- ";
      const std::uint32_t next = i + 1 < list.items.size() ? list.items[i + 1].span.line : extent.end_line;
      if (is_block_collection(item)) {
        print_block(item, indent + kIndent, next, Position::kInline);
      } else if (item.is_null()) {
        out_ += "null";
        // A null that nobody wrote has its place at the next item, whose comment is not its own.
        end_line(next == item.span.line ? 0 : item.span.line);
      } else {
        print_leaf(item, indent, item_line(item), list.span.column);
      }
    }
    tail(extent, indent);
  }

  void print_leaf(const Node& value, std::size_t indent, std::uint32_t line, std::uint32_t parent_column) {
    if (value.is_scalar() && source_.starts_block_scalar(value.span)) {
      const BlockText block = source_.block_scalar(value.span, parent_column);
      out_ += block.header;
      end_line(line);
      for (const std::string& text : block.lines) out_ += text.empty() ? "\n" : std::string(indent + kIndent, ' ') + text + '\n';
      no_blank_ = block.keeps_blank_lines;
      return;
    }
    out_ += print_flow(value, indent + kIndent);
    end_line(line);
  }

  std::string print_flow(const Node& node, std::size_t indent) {
    std::string out;
    if (node.is_map()) {
      for (const Member& member : node.members) {
        out += fmt::format("{}{}: {}", out.empty() ? "{" : ", ", print_key(source_.slice(member.key_span), member.key),
                           member.value.is_null() ? "null" : print_flow(member.value, indent));
      }
      return out.empty() ? "{}" : out + "}";
    }
    if (node.is_list()) {
      for (const Node& item : node.items) out += fmt::format("{}{}", out.empty() ? "[" : ", ", item.is_null() ? "null" : print_flow(item, indent));
      return out.empty() ? "[]" : out + "]";
    }
    return node.is_scalar() ? print_scalar(node, indent) : std::string();
  }

  const SourceLines& source_;
  const std::vector<Comment>& comments_;
  std::size_t next_ = 0;
  bool no_blank_ = false;
  std::string out_;
};

bool same_tree(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.quoted != b.quoted || a.text != b.text || a.members.size() != b.members.size() || a.items.size() != b.items.size())
    return false;
  for (std::size_t i = 0; i < a.members.size(); ++i) {
    if (a.members[i].key != b.members[i].key || !same_tree(a.members[i].value, b.members[i].value)) return false;
  }
  return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_tree);
}

std::vector<std::string> sorted_texts(const std::vector<Comment>& comments) {
  std::vector<std::string> texts;
  texts.reserve(comments.size());
  for (const Comment& comment : comments) texts.push_back(comment.text);
  std::sort(texts.begin(), texts.end());
  return texts;
}

tl::unexpected<Error> refused(std::string message, Span span) {
  Error error = make_error(ErrorKind::kInvalidArgument, "format-refused", std::move(message));
  error.span = span;
  return fail(std::move(error));
}

Result<Node> read_checked(std::string_view text) {
  Diagnostics diagnostics;
  const Limits limits;
  if (check_source_text(text, 0, limits, diagnostics)) {
    Node root = read_yaml(text, 0, limits, diagnostics);
    if (!diagnostics.has_errors()) {
      if (root.is_map() && !root.members.empty()) return root;
      return refused("The text is not a model: a map of sections.", {0, 1, 1, 1, 1});
    }
  }
  const Diagnostic& first = diagnostics.all().front();
  return refused(first.message, first.span);
}

}  // namespace

Result<std::string> format_model(std::string_view text) {
  const std::string source_text = unix_lines(without_mark(text));
  const auto root = read_checked(source_text);
  if (!root) return fail(root.error());
  const SourceLines source(source_text);
  const std::vector<Comment> comments = source.comments(*root);
  std::string out = Formatter(source, comments).print(*root);
  const auto again = read_checked(out);
  const Span start{0, 1, 1, 1, 1};
  if (!again || !same_tree(*root, *again)) return refused("The canonical text would not read back as the same model.", start);
  if (sorted_texts(SourceLines(out).comments(*again)) != sorted_texts(comments)) return refused("A comment would be lost.", start);
  return out;
}

}  // namespace kingpost::model
