#include <array>
#include <cctype>
#include <optional>

#include "kingpost/protocol/rest/path.hpp"
#include "kingpost/protocol/rest/query.hpp"
#include "kingpost/protocol/rest/scanner.hpp"

namespace kingpost::protocol::rest {

using request::Filter;
using request::FilterKind;
using request::FilterOp;
using request::Quantifier;

namespace {

struct OpName {
  std::string_view name;
  FilterOp op;
  bool quantifiable;
};

constexpr std::array kOps = {
    OpName{"eq", FilterOp::kEqual, true},         OpName{"neq", FilterOp::kNotEqual, false},   OpName{"gt", FilterOp::kGreater, true},
    OpName{"gte", FilterOp::kGreaterEqual, true}, OpName{"lt", FilterOp::kLess, true},         OpName{"lte", FilterOp::kLessEqual, true},
    OpName{"like", FilterOp::kLike, true},        OpName{"ilike", FilterOp::kILike, true},     OpName{"match", FilterOp::kMatch, true},
    OpName{"imatch", FilterOp::kIMatch, true},    OpName{"in", FilterOp::kIn, false},          OpName{"isdistinct", FilterOp::kIsDistinct, false},
    OpName{"cs", FilterOp::kContains, false},     OpName{"cd", FilterOp::kContained, false},   OpName{"ov", FilterOp::kOverlaps, false},
    OpName{"fts", FilterOp::kFullText, false},    OpName{"plfts", FilterOp::kFullText, false}, OpName{"phfts", FilterOp::kFullText, false},
    OpName{"wfts", FilterOp::kFullText, false},
};

constexpr std::array<std::string_view, 5> kRangeOps = {"sl", "sr", "nxr", "nxl", "adj"};

Error parse_error(std::string message, std::string details) {
  Error error = make_error(ErrorKind::kInvalidArgument, "PGRST100", std::move(message));
  error.details = std::move(details);
  return error;
}

request::Slot add_value(request::Request& request, std::string text) {
  request.values.push_back({RawValue::Kind::kText, std::move(text)});
  return {static_cast<std::uint32_t>(request.values.size() - 1)};
}

/// `(a,b)` or `{a,b}` into a list slot.
Result<request::Slot> add_list(request::Request& request, std::string_view text, char open, char close, const Limits& limits) {
  if (text.size() < 2 || text.front() != open || text.back() != close) {
    return fail(parse_error("failed to parse a list", std::string("a list is written ") + open + "a,b" + close));
  }
  const std::string_view inner = text.substr(1, text.size() - 2);
  std::vector<RawValue> list;
  if (!inner.empty()) {
    Scanner scanner(inner);
    do {
      auto value = scanner.list_value();
      if (!value) return fail(std::move(value.error()));
      if (static_cast<std::int64_t>(list.size()) >= limits.in_list_values) {
        return fail(ErrorKind::kInvalidArgument, "kp-limit-in-list-values", "a list in a filter is too long");
      }
      list.push_back({RawValue::Kind::kText, std::move(*value)});
    } while (scanner.take(","));
    if (!scanner.done()) return fail(scanner.error("',' or the end of the list"));
  }
  request.lists.push_back(std::move(list));
  return request::Slot{static_cast<std::uint32_t>(request.lists.size() - 1)};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& byte : out) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  return out;
}

Result<void> read_is(Filter& filter, std::string_view value) {
  const std::string word = lower(value);
  if (word == "null") {
    filter.op = FilterOp::kIsNull;
  } else if (word == "not_null") {
    filter.op = FilterOp::kIsNotNull;
  } else if (word == "true") {
    filter.op = FilterOp::kIsTrue;
  } else if (word == "false") {
    filter.op = FilterOp::kIsFalse;
  } else if (word == "unknown") {
    filter.op = FilterOp::kIsUnknown;
  } else {
    return fail(parse_error("failed to parse an is filter", "is takes null, not_null, true, false or unknown"));
  }
  return {};
}

Result<void> read_modifier(Filter& filter, const OpName& op, std::string_view modifier) {
  if (filter.op == FilterOp::kFullText) {
    filter.language = std::string(op.name) + "(" + std::string(modifier) + ")";
    return {};
  }
  if (op.quantifiable && modifier == "any") {
    filter.quantifier = Quantifier::kAny;
  } else if (op.quantifiable && modifier == "all") {
    filter.quantifier = Quantifier::kAll;
  } else {
    return fail(parse_error("failed to parse a filter", "the operator does not take that modifier"));
  }
  return {};
}

/// Where the operator word of `text` ends.
std::size_t word_end(std::string_view text) {
  const std::size_t end = text.find_first_of(".(");
  return end == std::string_view::npos ? text.size() : end;
}

/// Reads the nodes of a tree; shares the limits' counters through the request's filter.
class TreeParser {
 public:
  TreeParser(std::string_view text, const Limits& limits, request::Request& request) : scanner_(text), limits_(limits), request_(request) {}

  [[nodiscard]] Result<Filter> whole(bool is_or, bool negated) {
    auto tree = group(is_or, negated, 0);
    if (tree && !scanner_.done()) return fail(scanner_.error("the end of the tree"));
    return tree;
  }

 private:
  [[nodiscard]] Result<Filter> group(bool is_or, bool negated, std::int64_t depth) {
    if (depth >= limits_.filter_depth) return fail(ErrorKind::kInvalidArgument, "kp-limit-filter-depth", "the filter tree is nested too deeply");
    Filter out;
    out.kind = is_or ? FilterKind::kOr : FilterKind::kAnd;
    out.negated = negated;
    if (!scanner_.take("(")) return fail(scanner_.error("'('"));
    do {
      scanner_.skip_blanks();
      auto child = node(depth);
      if (!child) return child;
      out.children.push_back(std::move(*child));
      scanner_.skip_blanks();
    } while (scanner_.take(","));
    if (!scanner_.take(")")) return fail(scanner_.error("',' or ')'"));
    return out;
  }

  [[nodiscard]] Result<Filter> node(std::int64_t depth) {
    if (++nodes_ > limits_.filter_nodes) return fail(ErrorKind::kInvalidArgument, "kp-limit-filter-nodes", "the filter tree has too many conditions");
    const std::string_view rest = scanner_.rest();
    for (const bool negated : {false, true}) {
      for (const bool is_or : {false, true}) {
        const std::string head = std::string(negated ? "not." : "") + (is_or ? "or" : "and");
        if (rest.starts_with(head + "(")) {
          scanner_.skip(head.size());
          return group(is_or, negated, depth + 1);
        }
      }
    }
    return condition();
  }

  [[nodiscard]] Result<Filter> condition() {
    request::ColumnPath path;
    auto name = scanner_.name();
    if (!name) return fail(std::move(name.error()));
    path.column = std::move(*name);
    if (auto steps = read_steps(scanner_, path); !steps) return fail(std::move(steps.error()));
    if (!scanner_.take(".")) return fail(scanner_.error("'.' and an operator"));
    std::string head;
    if (scanner_.take("not.")) head = "not.";
    const std::string_view word = scanner_.rest().substr(0, word_end(scanner_.rest()));
    head += word;
    scanner_.skip(word.size());
    if (scanner_.peek() == '(') {
      const std::size_t close = scanner_.rest().find(')');
      if (close == std::string_view::npos) return fail(scanner_.error("')'"));
      head += scanner_.rest().substr(0, close + 1);
      scanner_.skip(close + 1);
    }
    if (!scanner_.take(".")) return fail(scanner_.error("'.' and a value"));
    auto value = operand();
    if (!value) return fail(std::move(value.error()));
    return parse_filter(std::move(path), head + "." + *value, limits_, request_);
  }

  /// A value of a condition; `in`'s list keeps its parentheses and quotes.
  [[nodiscard]] Result<std::string> operand() {
    if (scanner_.peek() != '(') return scanner_.list_value();
    const std::string_view rest = scanner_.rest();
    bool quoted = false;
    for (std::size_t at = 0; at < rest.size(); ++at) {
      if (quoted && rest[at] == '\\') {
        ++at;
      } else if (rest[at] == '"') {
        quoted = !quoted;
      } else if (!quoted && rest[at] == ')') {
        scanner_.skip(at + 1);
        return std::string(rest.substr(0, at + 1));
      }
    }
    return fail(scanner_.error("')'"));
  }

  Scanner scanner_;
  const Limits& limits_;
  request::Request& request_;
  std::int64_t nodes_ = 0;
};

}  // namespace

Result<Filter> parse_filter(request::ColumnPath path, std::string_view text, const Limits& limits, request::Request& request) {
  Filter filter;
  filter.kind = FilterKind::kCompare;
  filter.path = std::move(path);
  if (text.starts_with("not.")) {
    filter.negated = true;
    text.remove_prefix(4);
  }
  const std::size_t end = word_end(text);
  const std::string_view word = text.substr(0, end);
  std::string_view rest = text.substr(end);
  if (word == "is" && rest.starts_with('.')) {
    if (auto read = read_is(filter, rest.substr(1)); !read) return fail(std::move(read.error()));
    return filter;
  }
  for (const std::string_view refused : kRangeOps) {
    if (word == refused) return fail(ErrorKind::kInvalidArgument, "PGRST127", "range operators need a range column, which this database has not");
  }
  const OpName* found = nullptr;
  for (const OpName& op : kOps) {
    if (op.name == word) found = &op;
  }
  if (found == nullptr)
    return fail(parse_error("failed to parse filter (" + std::string(text.substr(0, 60)) + ")", "expected an operator, as in eq.5"));
  filter.op = found->op;
  if (filter.op == FilterOp::kFullText) filter.language = found->name;
  if (rest.starts_with('(')) {
    const std::size_t close = rest.find(')');
    if (close == std::string_view::npos) return fail(parse_error("failed to parse a filter", "expected ')' after the modifier"));
    if (auto read = read_modifier(filter, *found, rest.substr(1, close - 1)); !read) return fail(std::move(read.error()));
    rest.remove_prefix(close + 1);
  }
  if (!rest.starts_with('.')) return fail(parse_error("failed to parse a filter", "expected '.' and a value after the operator"));
  rest.remove_prefix(1);
  const bool is_in = filter.op == FilterOp::kIn;
  if (is_in || filter.quantifier != Quantifier::kNone) {
    auto slot = add_list(request, rest, is_in ? '(' : '{', is_in ? ')' : '}', limits);
    if (!slot) return fail(std::move(slot.error()));
    filter.value = *slot;
    return filter;
  }
  filter.value = add_value(request, std::string(rest));
  return filter;
}

Result<Filter> parse_tree(bool is_or, bool negated, std::string_view text, const Limits& limits, request::Request& request) {
  return TreeParser(text, limits, request).whole(is_or, negated);
}

}  // namespace kingpost::protocol::rest
