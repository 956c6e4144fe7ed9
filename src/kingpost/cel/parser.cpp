#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "kingpost/cel/cel.hpp"
#include "kingpost/cel/lexer.hpp"

namespace kingpost::cel {

namespace {

/// A node under construction with the height of its tree.
struct Node {
  std::shared_ptr<Expr> expr;
  std::size_t height = 0;

  explicit operator bool() const { return expr != nullptr; }
};

struct Infix {
  std::string_view text;
  Op op;
};

constexpr std::array<Infix, 1> kOrLevel = {{{"||", Op::kOr}}};
constexpr std::array<Infix, 1> kAndLevel = {{{"&&", Op::kAnd}}};
constexpr std::array<Infix, 7> kRelationLevel = {{{"==", Op::kEqual},
                                                  {"!=", Op::kNotEqual},
                                                  {"<=", Op::kLessEqual},
                                                  {">=", Op::kGreaterEqual},
                                                  {"<", Op::kLess},
                                                  {">", Op::kGreater},
                                                  {"in", Op::kIn}}};
constexpr std::array<Infix, 2> kAddLevel = {{{"+", Op::kAdd}, {"-", Op::kSubtract}}};
constexpr std::array<Infix, 3> kMultiplyLevel = {{{"*", Op::kMultiply}, {"/", Op::kDivide}, {"%", Op::kModulo}}};

constexpr std::array<std::string_view, 6> kPredicateMacros = {"all", "exists", "exists_one", "filter", "where", "map"};
constexpr std::array<std::string_view, 4> kAggregateMacros = {"sum", "min", "max", "count"};

template <std::size_t size>
bool contains(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Parser {
 public:
  Parser(std::vector<Token> tokens, const Places& places, Diagnostics& diagnostics)
      : tokens_(std::move(tokens)), places_(places), diagnostics_(diagnostics) {}

  ExprPtr run() {
    Node node = expression();
    if (!node) return nullptr;
    if (peek().kind != TokenKind::kEnd) {
      unexpected("the expression should end here");
      return nullptr;
    }
    return std::move(node.expr);
  }

 private:
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& take() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  [[nodiscard]] bool at(std::string_view text, std::size_t ahead = 0) const {
    const Token& token = peek(ahead);
    return (token.kind == TokenKind::kPunctuation || (text == "in" && token.kind == TokenKind::kIdent)) && token.text == text;
  }
  bool accept(std::string_view text) {
    if (!at(text)) return false;
    take();
    return true;
  }

  Node error(std::string_view code, Span span, std::string message, std::string suggestion = {}) {
    diagnostics_.error(std::string(code), span, std::move(message), std::move(suggestion));
    return {};
  }
  [[nodiscard]] Span span_of(const Token& token) const { return places_.span(token.begin, std::max(token.end, token.begin + 1)); }
  [[nodiscard]] Span span_from(std::size_t begin) const { return places_.span(begin, at_ == 0 ? begin : tokens_[at_ - 1].end); }

  Node unexpected(std::string_view what) {
    const Token& token = peek();
    if (token.kind == TokenKind::kEnd) return error("cel-syntax", span_of(token), fmt::format("the expression breaks off: {}", what));
    std::string suggestion;
    if (token.kind == TokenKind::kIdent && (token.text == "and" || token.text == "AND")) suggestion = "and is written &&";
    if (token.kind == TokenKind::kIdent && (token.text == "or" || token.text == "OR")) suggestion = "or is written ||";
    if (at("?", 0) || at("?", 1)) suggestion = "optional fields (.?, [?]) are not part of the language";
    const std::string shown = token.kind == TokenKind::kDouble || token.kind == TokenKind::kPunctuation || token.kind == TokenKind::kIdent
                                  ? fmt::format("'{}'", token.text)
                                  : std::string("this");
    return error("cel-syntax", span_of(token), fmt::format("{} is not expected here: {}", shown, what), std::move(suggestion));
  }
  bool expect(std::string_view text) {
    if (accept(text)) return true;
    unexpected(fmt::format("'{}' should follow", text));
    return false;
  }

  /// Completes a node: span, count and height are checked here and nowhere else.
  Node finish(Expr expr, std::size_t begin, std::size_t child_height) {
    expr.span = span_from(begin);
    if (++nodes_ > kMaxExprNodes) return error("cel-too-large", expr.span, fmt::format("the expression has more than {} parts", kMaxExprNodes));
    if (child_height + 1 > kMaxExprDepth) return too_deep(expr.span);
    return {std::make_shared<Expr>(std::move(expr)), child_height + 1};
  }
  Node too_deep(Span span) {
    return error("cel-too-large", span, fmt::format("the expression is nested more than {} deep", kMaxExprDepth),
                 "a long chain of comparisons is shorter as `x in [a, b, c]`");
  }

  Node expression() {
    if (depth_ >= kMaxExprDepth) return too_deep(span_of(peek()));
    ++depth_;
    Node node = conditional();
    --depth_;
    return node;
  }

  Node conditional() {
    const std::size_t begin = peek().begin;
    Node condition = infix_or();
    if (!condition || !accept("?")) return condition;
    Node yes = infix_or();
    if (!yes || !expect(":")) return {};
    Node no = expression();
    if (!no) return {};
    Expr expr;
    expr.kind = ExprKind::kOperator;
    expr.op = Op::kConditional;
    const std::size_t height = std::max({condition.height, yes.height, no.height});
    expr.args = {std::move(condition.expr), std::move(yes.expr), std::move(no.expr)};
    return finish(std::move(expr), begin, height);
  }

  template <std::size_t size>
  Node infix(const std::array<Infix, size>& level, Node (Parser::*operand)()) {
    const std::size_t begin = peek().begin;
    Node left = (this->*operand)();
    while (left) {
      const auto found = std::find_if(level.begin(), level.end(), [this](const Infix& one) { return at(one.text); });
      if (found == level.end()) return left;
      take();
      Node right = (this->*operand)();
      if (!right) return {};
      Expr expr;
      expr.kind = ExprKind::kOperator;
      expr.op = found->op;
      const std::size_t height = std::max(left.height, right.height);
      expr.args = {std::move(left.expr), std::move(right.expr)};
      left = finish(std::move(expr), begin, height);
    }
    return {};
  }
  Node infix_or() { return infix(kOrLevel, &Parser::infix_and); }
  Node infix_and() { return infix(kAndLevel, &Parser::infix_relation); }
  Node infix_relation() { return infix(kRelationLevel, &Parser::infix_add); }
  Node infix_add() { return infix(kAddLevel, &Parser::infix_multiply); }
  Node infix_multiply() { return infix(kMultiplyLevel, &Parser::unary); }

  Node unary() {
    const bool negate = at("-");
    // A sign directly before a number belongs to the number, so that the smallest int can be written.
    if (!(negate || at("!")) || (negate && (peek(1).kind == TokenKind::kInt || peek(1).kind == TokenKind::kDouble))) return member();
    if (depth_ >= kMaxExprDepth) return too_deep(span_of(peek()));
    ++depth_;
    const std::size_t begin = take().begin;
    Node operand = unary();
    --depth_;
    if (!operand) return {};
    Expr expr;
    expr.kind = ExprKind::kOperator;
    expr.op = negate ? Op::kNegate : Op::kNot;
    const std::size_t height = operand.height;
    expr.args = {std::move(operand.expr)};
    return finish(std::move(expr), begin, height);
  }

  Node member() {
    const std::size_t begin = peek().begin;
    Node node = primary();
    while (node) {
      if (at("[")) {
        node = index(std::move(node), begin);
      } else if (at(".")) {
        node = select(std::move(node), begin);
      } else if (at("{") && names_a_message(*node.expr)) {
        return error("cel-unsupported", span_of(peek()), "message construction is not part of the language", "write a map: {\"field\": value}");
      } else {
        return node;
      }
    }
    return {};
  }
  [[nodiscard]] static bool names_a_message(const Expr& expr) { return expr.kind == ExprKind::kIdent || expr.kind == ExprKind::kSelect; }

  Node index(Node receiver, std::size_t begin) {
    take();
    if (at("?")) return error("cel-unsupported", span_of(peek()), "optional values are not part of the language");
    Node key = expression();
    if (!key || !expect("]")) return {};
    Expr expr;
    expr.kind = ExprKind::kIndex;
    const std::size_t height = std::max(receiver.height, key.height);
    expr.args = {std::move(receiver.expr), std::move(key.expr)};
    return finish(std::move(expr), begin, height);
  }

  Node select(Node receiver, std::size_t begin) {
    take();
    if (at("?")) return error("cel-unsupported", span_of(peek()), "optional fields are not part of the language", "test with has(x.field) first");
    const Token& token = peek();
    if (token.kind != TokenKind::kIdent && token.kind != TokenKind::kQuotedIdent) return unexpected("a field or function name should follow the dot");
    Expr expr;
    expr.kind = ExprKind::kSelect;
    expr.name = take().text;
    if (token.kind == TokenKind::kIdent && at("(")) return method(std::move(receiver), std::move(expr), begin);
    const std::size_t height = receiver.height;
    expr.args = {std::move(receiver.expr)};
    return finish(std::move(expr), begin, height);
  }

  Node method(Node receiver, Expr expr, std::size_t begin) {
    expr.kind = ExprKind::kCall;
    expr.method = true;
    std::size_t height = receiver.height;
    expr.args = {std::move(receiver.expr)};
    take();
    if (!arguments(expr.args, ")", height)) return {};
    const std::size_t count = expr.args.size() - 1;
    const bool aggregate = contains(kAggregateMacros, expr.name);
    if (aggregate && count == 0) {
      expr.kind = ExprKind::kMacro;
      expr.method = false;
    } else if ((count == 2 && (aggregate || contains(kPredicateMacros, expr.name))) || (count == 3 && expr.name == "map")) {
      const Expr& variable = *expr.args[1];
      if (variable.kind != ExprKind::kIdent) {
        return error("cel-syntax", variable.span, fmt::format("the first argument of {} names the loop variable", expr.name),
                     fmt::format("for example: items.{}(i, …)", expr.name));
      }
      expr.kind = ExprKind::kMacro;
      expr.method = false;
      expr.variable = variable.name;
      expr.args.erase(expr.args.begin() + 1);
    }
    return finish(std::move(expr), begin, height);
  }

  bool arguments(std::vector<ExprPtr>& into, std::string_view close, std::size_t& height) {
    if (accept(close)) return true;
    while (true) {
      Node one = expression();
      if (!one) return false;
      height = std::max(height, one.height);
      into.push_back(std::move(one.expr));
      if (accept(",")) {
        // A list may end in a comma, a call may not.
        if (close == "]" && accept(close)) return true;
        continue;
      }
      return expect(close);
    }
  }

  Node primary() {
    const Token& token = peek();
    const std::size_t begin = token.begin;
    switch (token.kind) {
      case TokenKind::kIdent:
        return name();
      case TokenKind::kInt:
      case TokenKind::kUint:
      case TokenKind::kDouble:
      case TokenKind::kString:
      case TokenKind::kBytes:
        return literal(begin, false);
      case TokenKind::kPunctuation:
        break;
      case TokenKind::kQuotedIdent:
      case TokenKind::kEnd:
        return unexpected("a value should be here");
    }
    if (accept("-")) return literal(begin, true);
    if (accept("(")) {
      Node node = expression();
      if (!node || !expect(")")) return {};
      return node;
    }
    if (accept("[")) {
      if (at("?")) return error("cel-unsupported", span_of(peek()), "optional values are not part of the language");
      Expr expr;
      expr.kind = ExprKind::kList;
      std::size_t height = 0;
      if (!arguments(expr.args, "]", height)) return {};
      return finish(std::move(expr), begin, height);
    }
    if (accept("{")) return map(begin);
    if (at(".")) return error("cel-unsupported", span_of(token), "names with a leading dot are not part of the language");
    return unexpected("a value should be here");
  }

  Node map(std::size_t begin) {
    Expr expr;
    expr.kind = ExprKind::kMap;
    std::size_t height = 0;
    while (!accept("}")) {
      if (at("?")) return error("cel-unsupported", span_of(peek()), "optional values are not part of the language");
      Node key = expression();
      if (!key || !expect(":")) return {};
      Node value = expression();
      if (!value) return {};
      height = std::max({height, key.height, value.height});
      expr.args.push_back(std::move(key.expr));
      expr.args.push_back(std::move(value.expr));
      if (!accept(",") && !at("}")) {
        unexpected("',' or '}' should follow");
        return {};
      }
    }
    return finish(std::move(expr), begin, height);
  }

  Node literal(std::size_t begin, bool negative) {
    const Token& token = take();
    Expr expr;
    expr.kind = ExprKind::kLiteral;
    constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (token.kind == TokenKind::kInt) {
      if (token.magnitude > kLargest + (negative ? 1 : 0)) {
        return error("cel-syntax", span_of(token), "this number does not fit an int (64 bit)", "an unsigned number ends in u: 18446744073709551615u");
      }
      expr.value.data = static_cast<std::int64_t>(negative ? ~token.magnitude + 1 : token.magnitude);
    } else if (token.kind == TokenKind::kUint) {
      expr.value.data = token.magnitude;
    } else if (token.kind == TokenKind::kDouble) {
      expr.value.data = negative ? -token.number : token.number;
      // The source text is kept, because next to a decimal it is an exact decimal.
      expr.name = negative ? "-" + token.text : token.text;
    } else if (token.kind == TokenKind::kBytes) {
      expr.value.data = Blob{token.text};
    } else {
      expr.value.data = token.text;
    }
    return finish(std::move(expr), begin, 0);
  }

  Node name() {
    const Token& token = take();
    Expr expr;
    expr.kind = ExprKind::kLiteral;
    if (token.text == "true" || token.text == "false") {
      expr.value.data = token.text == "true";
      return finish(std::move(expr), token.begin, 0);
    }
    if (token.text == "null") return finish(std::move(expr), token.begin, 0);
    if (token.text == "in" || is_reserved(token.text)) {
      return error("cel-syntax", span_of(token), fmt::format("'{}' is a word of the language and cannot be a name", token.text),
                   fmt::format("as an enum value write it as a text: \"{}\"", token.text));
    }
    expr.name = token.text;
    if (!at("(")) {
      expr.kind = ExprKind::kIdent;
      return finish(std::move(expr), token.begin, 0);
    }
    take();
    expr.kind = ExprKind::kCall;
    std::size_t height = 0;
    if (!arguments(expr.args, ")", height)) return {};
    if (expr.name == "has" && expr.args.size() == 1) {
      if (expr.args[0]->kind != ExprKind::kSelect) {
        return error("cel-syntax", expr.args[0]->span, "has() tests a field", "write has(record.field)");
      }
      expr.kind = ExprKind::kMacro;
    }
    return finish(std::move(expr), token.begin, height);
  }

  std::vector<Token> tokens_;
  const Places& places_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

ExprPtr parse(std::string_view text, Span origin, Diagnostics& diagnostics) {
  const Places places(text, origin);
  if (text.size() > kMaxExprBytes) {
    diagnostics.error("cel-too-large", places.span(0, 1), fmt::format("the expression is longer than {} bytes", kMaxExprBytes));
    return nullptr;
  }
  std::vector<Token> tokens = lex(text, places, diagnostics);
  if (tokens.empty()) return nullptr;
  return Parser(std::move(tokens), places, diagnostics).run();
}

}  // namespace kingpost::cel
