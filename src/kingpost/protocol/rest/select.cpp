#include <charconv>

#include "kingpost/protocol/rest/path.hpp"
#include "kingpost/protocol/rest/query.hpp"
#include "kingpost/protocol/rest/scanner.hpp"

namespace kingpost::protocol::rest {

using request::ReadNode;
using request::SelectItem;
using request::SelectKind;

namespace {

/// Reads one select list; counts nodes and depth against the limits.
class SelectParser {
 public:
  SelectParser(Scanner& scanner, const Limits& limits) : scanner_(scanner), limits_(limits) {}

  [[nodiscard]] Result<std::vector<SelectItem>> items(std::int64_t depth) {
    std::vector<SelectItem> out;
    scanner_.skip_blanks();
    if (scanner_.done() || scanner_.peek() == ')') return out;
    for (;;) {
      if (++nodes_ > limits_.select_nodes) return fail(ErrorKind::kInvalidArgument, "kp-limit-select-nodes", "select names too many columns");
      auto item = one(depth);
      if (!item) return fail(std::move(item.error()));
      out.push_back(std::move(*item));
      scanner_.skip_blanks();
      if (!scanner_.take(",")) return out;
    }
  }

 private:
  [[nodiscard]] Result<SelectItem> one(std::int64_t depth) {
    SelectItem item;
    scanner_.skip_blanks();
    if (scanner_.take("*")) {
      item.kind = SelectKind::kStar;
      return item;
    }
    const bool spread = scanner_.take("...");
    auto name = scanner_.name();
    if (!name) return fail(std::move(name.error()));
    if (scanner_.peek() == ':' && scanner_.peek(1) != ':') {
      scanner_.skip();
      item.alias = std::move(*name);
      name = scanner_.name();
      if (!name) return fail(std::move(name.error()));
    }
    if (scanner_.peek() == '!' || scanner_.peek() == '(') return embed(std::move(item), std::move(*name), spread, depth);
    if (spread) return fail(scanner_.error("an embed after ..."));
    return column(std::move(item), std::move(*name));
  }

  [[nodiscard]] Result<SelectItem> column(SelectItem item, std::string name) {
    item.path.column = std::move(name);
    if (auto steps = read_steps(scanner_, item.path); !steps) return fail(std::move(steps.error()));
    if (scanner_.take("::")) {
      auto cast = scanner_.name();
      if (!cast) return fail(std::move(cast.error()));
      item.cast = std::move(*cast);
    }
    if (scanner_.peek() == '.') {
      return fail(ErrorKind::kInvalidArgument, "PGRST123", "Use of aggregate functions is not allowed");
    }
    return item;
  }

  [[nodiscard]] Result<SelectItem> embed(SelectItem item, std::string name, bool spread, std::int64_t depth) {
    if (depth >= limits_.embed_depth) return fail(ErrorKind::kInvalidArgument, "kp-limit-embed-depth", "embeds are nested too deeply");
    if (++embeds_ > limits_.embed_count) return fail(ErrorKind::kInvalidArgument, "kp-limit-embed-count", "the request has too many embeds");
    item.kind = SelectKind::kEmbed;
    item.embed = std::make_unique<ReadNode>();
    item.embed->name = std::move(name);
    item.embed->spread = spread;
    while (scanner_.take("!")) {
      auto hint = scanner_.name();
      if (!hint) return fail(std::move(hint.error()));
      if (*hint == "inner") {
        item.embed->inner = true;
      } else if (*hint != "left") {
        item.embed->hint = std::move(*hint);
      }
    }
    if (!scanner_.take("(")) return fail(scanner_.error("'(' after an embed"));
    auto children = items(depth + 1);
    if (!children) return fail(std::move(children.error()));
    if (!scanner_.take(")")) return fail(scanner_.error("')' or ','"));
    item.embed->empty = children->empty();
    item.embed->select = std::move(*children);
    if (item.embed->name == "count" && item.embed->empty) {
      return fail(ErrorKind::kInvalidArgument, "PGRST123", "Use of aggregate functions is not allowed");
    }
    return item;
  }

  Scanner& scanner_;
  const Limits& limits_;
  std::int64_t nodes_ = 0;
  std::int64_t embeds_ = 0;
};

}  // namespace

Result<void> read_steps(Scanner& scanner, request::ColumnPath& path) {
  while (scanner.peek() == '-' && scanner.peek(1) == '>') {
    if (path.as_text) return fail(scanner.error("nothing after ->>"));
    scanner.skip(2);
    path.as_text = scanner.take(">");
    request::JsonStep step;
    const bool quoted = scanner.peek() == '"';
    auto member = [&]() -> Result<std::string> {
      if (scanner.peek() != '-') return scanner.name();
      scanner.skip();
      auto digits = scanner.name();
      if (!digits) return digits;
      return "-" + *digits;
    }();
    if (!member) return fail(std::move(member.error()));
    const char* end = member->data() + member->size();
    const auto [stop, code] = std::from_chars(member->data(), end, step.position);
    step.is_position = !quoted && code == std::errc{} && stop == end;
    if (!step.is_position) step.member = std::move(*member);
    path.steps.push_back(std::move(step));
    if (path.steps.size() > 16) return fail(ErrorKind::kInvalidArgument, "kp-limit-json-path", "a JSON path has at most 16 steps");
  }
  return {};
}

Result<request::ColumnPath> parse_path(std::string_view text) {
  Scanner scanner(text);
  request::ColumnPath path;
  auto name = scanner.name();
  if (!name) return fail(std::move(name.error()));
  path.column = std::move(*name);
  if (auto steps = read_steps(scanner, path); !steps) return fail(std::move(steps.error()));
  if (!scanner.done()) return fail(scanner.error("a column"));
  return path;
}

Result<std::vector<SelectItem>> parse_select(std::string_view text, const Limits& limits) {
  Scanner scanner(text);
  auto items = SelectParser(scanner, limits).items(0);
  if (!items) return items;
  if (!scanner.done()) return fail(scanner.error("',' or the end of select"));
  return items;
}

Result<std::vector<request::OrderTerm>> parse_order(std::string_view text) {
  Scanner scanner(text);
  std::vector<request::OrderTerm> out;
  do {
    request::OrderTerm term;
    auto name = scanner.name();
    if (!name) return fail(std::move(name.error()));
    if (scanner.take("(")) {
      term.relation = std::move(*name);
      name = scanner.name();
      if (!name) return fail(std::move(name.error()));
      term.path.column = std::move(*name);
      if (auto steps = read_steps(scanner, term.path); !steps) return fail(std::move(steps.error()));
      if (!scanner.take(")")) return fail(scanner.error("')'"));
    } else {
      term.path.column = std::move(*name);
      if (auto steps = read_steps(scanner, term.path); !steps) return fail(std::move(steps.error()));
    }
    if (scanner.take(".desc")) {
      term.descending = true;
    } else {
      scanner.take(".asc");
    }
    if (scanner.take(".nullsfirst")) {
      term.nulls = request::NullsOrder::kFirst;
    } else if (scanner.take(".nullslast")) {
      term.nulls = request::NullsOrder::kLast;
    }
    scanner.skip_blanks();
    out.push_back(std::move(term));
    if (out.size() > 16) return fail(ErrorKind::kInvalidArgument, "kp-limit-order", "order has at most 16 terms");
  } while (scanner.take(","));
  if (!scanner.done()) return fail(scanner.error("',' or .asc, .desc, .nullsfirst, .nullslast"));
  return out;
}

}  // namespace kingpost::protocol::rest
