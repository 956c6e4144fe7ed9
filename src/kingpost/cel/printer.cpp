#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/cel/expr.hpp"
#include "kingpost/cel/lexer.hpp"

namespace kingpost::cel {

namespace {

/// Binding strength, weakest first, as in CEL's grammar.
enum Level : int { kConditionalLevel, kOrLevel, kAndLevel, kRelationLevel, kAddLevel, kMultiplyLevel, kUnaryLevel, kMemberLevel };

struct OpText {
  std::string_view text;
  Level level;
};

OpText op_text(Op op) {
  switch (op) {
    case Op::kAnd:
      return {" && ", kAndLevel};
    case Op::kOr:
      return {" || ", kOrLevel};
    case Op::kNot:
      return {"!", kUnaryLevel};
    case Op::kEqual:
      return {" == ", kRelationLevel};
    case Op::kNotEqual:
      return {" != ", kRelationLevel};
    case Op::kLess:
      return {" < ", kRelationLevel};
    case Op::kLessEqual:
      return {" <= ", kRelationLevel};
    case Op::kGreater:
      return {" > ", kRelationLevel};
    case Op::kGreaterEqual:
      return {" >= ", kRelationLevel};
    case Op::kAdd:
      return {" + ", kAddLevel};
    case Op::kSubtract:
      return {" - ", kAddLevel};
    case Op::kMultiply:
      return {" * ", kMultiplyLevel};
    case Op::kDivide:
      return {" / ", kMultiplyLevel};
    case Op::kModulo:
      return {" % ", kMultiplyLevel};
    case Op::kNegate:
      return {"-", kUnaryLevel};
    case Op::kIn:
      return {" in ", kRelationLevel};
    case Op::kConditional:
      return {"", kConditionalLevel};
  }
  return {"", kConditionalLevel};
}

void quote(std::string& out, std::string_view text, bool bytes) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20U || byte == 0x7fU || (bytes && byte >= 0x80U)) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  quote(out, text, false);
  return out;
}

std::string print_double(double value) {
  if (std::isnan(value)) return "double(\"NaN\")";
  if (std::isinf(value)) return value > 0 ? "double(\"Infinity\")" : "double(\"-Infinity\")";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

class Printer {
 public:
  std::string take() { return std::move(out_); }

  void print(const Expr& expr, int level) {
    const bool group = expr.kind == ExprKind::kOperator && op_text(expr.op).level < level;
    if (group) out_ += '(';
    switch (expr.kind) {
      case ExprKind::kLiteral:
        literal(expr);
        break;
      case ExprKind::kIdent:
        out_ += expr.name;
        break;
      case ExprKind::kSelect:
        print(*expr.args[0], kMemberLevel);
        out_ += '.';
        field(expr.name);
        break;
      case ExprKind::kIndex:
        print(*expr.args[0], kMemberLevel);
        out_ += '[';
        print(*expr.args[1], kConditionalLevel);
        out_ += ']';
        break;
      case ExprKind::kOperator:
        operation(expr);
        break;
      case ExprKind::kCall:
      case ExprKind::kMacro:
        call(expr);
        break;
      case ExprKind::kList:
        out_ += '[';
        list(expr, 0);
        out_ += ']';
        break;
      case ExprKind::kMap:
        map(expr);
        break;
      case ExprKind::kFailure:
        out_ += fmt::format("error({})", quoted(expr.name));
        break;
    }
    if (group) out_ += ')';
  }

 private:
  void field(const std::string& name) {
    if (is_identifier(name) && name != "in") {
      out_ += name;
    } else {
      out_ += '`' + name + '`';
    }
  }

  void list(const Expr& expr, std::size_t first) {
    for (std::size_t i = first; i < expr.args.size(); ++i) {
      if (i != first) out_ += ", ";
      print(*expr.args[i], kConditionalLevel);
    }
  }

  void map(const Expr& expr) {
    out_ += '{';
    for (std::size_t i = 0; i + 1 < expr.args.size(); i += 2) {
      if (i != 0) out_ += ", ";
      print(*expr.args[i], kConditionalLevel);
      out_ += ": ";
      print(*expr.args[i + 1], kConditionalLevel);
    }
    out_ += '}';
  }

  void call(const Expr& expr) {
    const bool has = expr.kind == ExprKind::kMacro && expr.name == "has";
    const bool receiver = expr.method || (expr.kind == ExprKind::kMacro && !has);
    if (receiver) {
      print(*expr.args[0], kMemberLevel);
      out_ += '.';
    }
    out_ += expr.name;
    out_ += '(';
    if (!expr.variable.empty()) {
      out_ += expr.variable;
      if (expr.args.size() > 1) out_ += ", ";
    }
    list(expr, receiver ? 1 : 0);
    out_ += ')';
  }

  void operation(const Expr& expr) {
    const auto [text, level] = op_text(expr.op);
    if (expr.op == Op::kConditional) {
      print(*expr.args[0], kOrLevel);
      out_ += " ? ";
      print(*expr.args[1], kOrLevel);
      out_ += " : ";
      print(*expr.args[2], kConditionalLevel);
    } else if (expr.args.size() == 1) {
      out_ += text;
      // A minus directly before a number would be read as part of the number.
      const bool number = expr.op == Op::kNegate && starts_with_digit(*expr.args[0]);
      if (number) out_ += '(';
      print(*expr.args[0], number ? kConditionalLevel : kUnaryLevel);
      if (number) out_ += ')';
    } else {
      print(*expr.args[0], level);
      out_ += text;
      print(*expr.args[1], level + 1);
    }
  }

  [[nodiscard]] static bool starts_with_digit(const Expr& expr) {
    const Expr* first = &expr;
    while (first->kind == ExprKind::kSelect || first->kind == ExprKind::kIndex || (first->kind == ExprKind::kCall && first->method) ||
           (first->kind == ExprKind::kMacro && first->name != "has")) {
      first = first->args[0].get();
    }
    if (first->kind != ExprKind::kLiteral) return false;
    Printer printer;
    printer.literal(*first);
    const std::string text = printer.take();
    return text.front() >= '0' && text.front() <= '9';
  }

  void literal(const Expr& expr) {
    if (const auto* number = std::get_if<double>(&expr.value.data); number != nullptr && !expr.name.empty()) {
      out_ += expr.name;
      return;
    }
    value(expr.value);
  }

  void value(const Value& value) {
    std::visit([this](const auto& data) { emit(data); }, value.data);
  }

  void emit(const Null&) { out_ += "null"; }
  void emit(bool data) { out_ += data ? "true" : "false"; }
  void emit(std::int64_t data) { out_ += fmt::format("{}", data); }
  void emit(std::uint64_t data) { out_ += fmt::format("{}u", data); }
  void emit(double data) { out_ += print_double(data); }
  void emit(const Decimal& data) {
    // Without a point the digits would be read as an int, which holds fewer of them.
    constexpr Int128 kMost = std::numeric_limits<std::int64_t>::max();
    const bool fits = data.scale != 0 || (data.unscaled <= kMost && data.unscaled >= -kMost);
    out_ += fits ? print_decimal(data) : fmt::format("decimal({})", quoted(print_decimal(data)));
  }
  void emit(const std::string& data) { quote(out_, data, false); }
  void emit(const Blob& data) {
    out_ += 'b';
    quote(out_, data.bytes, true);
  }
  void emit(const Uuid& data) { out_ += quoted(print_uuid(data)); }
  void emit(const Date& data) {
    call_text("date", [&data](std::string& text) { append_date(text, data.days); });
  }
  void emit(const Time& data) {
    call_text("time", [&data](std::string& text) { append_time(text, data.micros); });
  }
  void emit(const Timestamp& data) {
    call_text("timestamp", [&data](std::string& text) { append_timestamp(text, data.micros); });
  }
  void emit(const Duration& data) {
    call_text("duration", [&data](std::string& text) { append_duration(text, data.micros); });
  }
  void emit(const EnumValue& data) {
    if (is_identifier(data.name) && !is_reserved(data.name) && data.name != "in" && data.name != "true" && data.name != "false" &&
        data.name != "null") {
      out_ += data.name;
    } else {
      quote(out_, data.name, false);
    }
  }
  void emit(const Json& data) { out_ += fmt::format("json({})", quoted(data.text)); }
  void emit(const TypeValue& data) { out_ += data.name; }
  void emit(const List& data) {
    out_ += '[';
    for (std::size_t i = 0; i < data->size(); ++i) {
      if (i != 0) out_ += ", ";
      value((*data)[i]);
    }
    out_ += ']';
  }
  void emit(const Map& data) {
    out_ += '{';
    for (std::size_t i = 0; i < data->size(); ++i) {
      if (i != 0) out_ += ", ";
      value((*data)[i].first);
      out_ += ": ";
      value((*data)[i].second);
    }
    out_ += '}';
  }
  void emit(const RecordPtr& data) {
    // A record stands for its key.
    if (const Result<Value> key = data->key(); key.has_value() && !std::holds_alternative<RecordPtr>(key->data)) {
      value(*key);
    } else {
      out_ += "error(\"cel-no-key\")";
    }
  }

  template <typename Append>
  void call_text(std::string_view name, const Append& append) {
    std::string text;
    append(text);
    out_ += fmt::format("{}(\"{}\")", name, text);
  }

  std::string out_;
};

}  // namespace

std::string print_expr(const Expr& expr) {
  Printer printer;
  printer.print(expr, kConditionalLevel);
  return printer.take();
}

}  // namespace kingpost::cel
