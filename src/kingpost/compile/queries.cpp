#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

constexpr std::string_view kHowTo = "Write `field = ? and other >= ? order by field desc`, or `search(field, other)`.";
constexpr std::string_view kOperators[] = {"=", "<", "<=", ">", ">=", "in"};

/// Reads a declared query word by word, each word with its place.
class QueryReader {
 public:
  QueryReader(Context& context, ir::Entity& entity, Text text) : context_(context), entity_(entity), text_(std::move(text)) { split(); }

  std::optional<ir::Query> read() {
    ir::Query query;
    if (peek() == "search") return read_search(std::move(query));
    if (peek() != "order") {
      do {
        if (!read_filter(query)) return std::nullopt;
      } while (accept("and"));
    }
    if (accept("order")) {
      if (!accept("by")) return fault("`by` must follow `order`.");
      do {
        if (!read_order(query)) return std::nullopt;
      } while (accept(","));
    }
    if (at_ < words_.size()) return fault(fmt::format("`{}` is not understood here.", words_[at_].text));
    if (query.filters.empty() && query.order.empty()) return fault("The query is empty.");
    return query;
  }

 private:
  void split() {
    const auto& text = text_.text;
    const auto origin = expression_origin(text_);
    for (std::size_t i = 0; i < text.size();) {
      const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; };
      const auto is_sign = [](char c) { return c == '<' || c == '>' || c == '=' || c == '!'; };
      if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
        ++i;
        continue;
      }
      std::size_t end = i + 1;
      if (is_word(text[i])) {
        while (end < text.size() && is_word(text[end])) ++end;
      } else if (is_sign(text[i])) {
        while (end < text.size() && is_sign(text[end])) ++end;
      }
      Text word{text.substr(i, end - i), text_.span, false};
      if (text_.span.line == text_.span.end_line) {
        word.span.column = origin.column + static_cast<std::uint32_t>(i);
        word.span.end_column = origin.column + static_cast<std::uint32_t>(end);
      }
      words_.push_back(std::move(word));
      i = end;
    }
  }

  [[nodiscard]] std::string_view peek() const { return at_ < words_.size() ? std::string_view(words_[at_].text) : std::string_view(); }

  bool accept(std::string_view word) {
    if (peek() != word) return false;
    ++at_;
    return true;
  }

  std::nullopt_t fault(std::string message) {
    report(context_, "query-syntax", at_ < words_.size() ? words_[at_].span : text_.span, std::move(message), std::string(kHowTo));
    return std::nullopt;
  }

  ir::FieldId read_field() {
    if (at_ >= words_.size()) {
      static_cast<void>(fault("A field is missing at the end."));
      return {};
    }
    const auto& word = words_[at_++];
    const auto id = require_field(context_, entity_, word);
    if (id.valid() && !entity_.field(id).stored()) {
      report(context_, "query-field", word.span, fmt::format("`{}` is computed, so no index can serve it.", word.text),
             "Query the fields it is computed from.");
      return {};
    }
    return id;
  }

  bool read_filter(ir::Query& query) {
    ir::QueryFilter filter;
    filter.field = read_field();
    if (!filter.field.valid()) return false;
    if (std::find(std::begin(kOperators), std::end(kOperators), peek()) == std::end(kOperators)) {
      static_cast<void>(
          fault(at_ < words_.size() ? fmt::format("`{}` is no operator of a query.", words_[at_].text) : "An operator is missing at the end."));
      return false;
    }
    filter.op = words_[at_++].text;
    if (!accept("?")) {
      static_cast<void>(fault("A query compares with `?`, the value that a caller gives."));
      return false;
    }
    query.filters.push_back(std::move(filter));
    return true;
  }

  bool read_order(ir::Query& query) {
    ir::IndexPart part;
    part.field = read_field();
    if (!part.field.valid()) return false;
    part.descending = accept("desc");
    if (!part.descending) static_cast<void>(accept("asc"));
    query.order.push_back(part);
    return true;
  }

  std::optional<ir::Query> read_search(ir::Query query) {
    ++at_;
    if (!accept("(")) return fault("`search` lists its fields in parentheses.");
    do {
      const auto place = at_;
      const auto id = read_field();
      if (!id.valid()) return std::nullopt;
      if (!entity_.field(id).search) {
        report(context_, "query-field", words_[place].span, fmt::format("`{}` is not marked for search.", entity_.field(id).name),
               "Add `search` to the field.");
      }
      query.search.push_back(id);
    } while (accept(","));
    if (!accept(")")) return fault("The parenthesis of `search` is not closed.");
    if (at_ < words_.size()) return fault(fmt::format("`{}` is not understood here.", words_[at_].text));
    return query;
  }

  Context& context_;
  ir::Entity& entity_;
  Text text_;
  std::vector<Text> words_;
  std::size_t at_ = 0;
};

}  // namespace

void compile_queries(Context& context) {
  static constexpr std::string_view kOwn[] = {"get", "list", "create", "update", "delete"};
  for (auto& entity : context.system.entities) {
    const auto* node = context.source(entity.id).node;
    if (node == nullptr || !node->is_map()) continue;
    for (const auto& member : members_of(node->find("queries"))) {
      if (!member.value.is_scalar()) continue;
      if (std::find(std::begin(kOwn), std::end(kOwn), member.key) != std::end(kOwn)) {
        report(context, "reserved-name", member.key_span, fmt::format("`{}.{}` already names an operation of its own.", entity.name, member.key),
               "Choose another name for the query.");
      }
      auto query = QueryReader(context, entity, text_of(member.value)).read();
      if (!query) continue;
      query->name = member.key;
      query->span = member.key_span;
      entity.queries.push_back(std::move(*query));
    }
  }
}

}  // namespace kingpost::compile
