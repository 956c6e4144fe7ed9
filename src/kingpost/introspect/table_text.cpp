#include "kingpost/introspect/table_text.hpp"

#include <algorithm>
#include <optional>

#include "kingpost/introspect/catalogue.hpp"

namespace kingpost::introspect {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80U);
}

class Lexer {
 public:
  explicit Lexer(std::string_view sql) : sql_(sql) {}

  std::vector<Token> run() {
    while (skip_gap(), at_ < sql_.size()) next();
    return std::move(tokens_);
  }

 private:
  void skip_gap() {
    apart_ = false;
    while (at_ < sql_.size()) {
      const auto rest = sql_.substr(at_);
      if (is_blank(rest[0])) {
        ++at_;
      } else if (rest.starts_with("--")) {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (rest.starts_with("/*")) {
        const auto end = sql_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? sql_.size() : end + 2;
      } else {
        return;
      }
      apart_ = true;
    }
  }

  void next() {
    const char c = sql_[at_];
    if (c == '\'' || c == '"' || c == '`') return quoted(c, c == '\'' ? Token::Kind::kText : Token::Kind::kName);
    if (c == '[') return quoted(']', Token::Kind::kName);
    auto end = at_ + 1;
    if (is_word(c)) {
      while (end < sql_.size() && is_word(sql_[end])) ++end;
    }
    add(is_word(c) ? Token::Kind::kWord : Token::Kind::kSign, end, std::string(sql_.substr(at_, end - at_)));
  }

  void quoted(char close, Token::Kind kind) {
    auto end = at_ + 1;
    std::string text;
    while (end < sql_.size()) {
      if (sql_[end] == close) {
        if (close == ']' || end + 1 >= sql_.size() || sql_[end + 1] != close) break;
        ++end;
      }
      text += sql_[end++];
    }
    end = std::min(end + 1, sql_.size());
    add(kind, end, std::move(text));
  }

  void add(Token::Kind kind, std::size_t end, std::string text) {
    auto source = std::string(sql_.substr(at_, end - at_));
    tokens_.push_back({kind, kind == Token::Kind::kText ? source : std::move(text), source, apart_});
    at_ = end;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  bool apart_ = false;
  std::vector<Token> tokens_;
};

using Tokens = std::vector<Token>;

bool is(const Token& token, std::string_view word) { return token.kind == Token::Kind::kWord && same_name(token.text, word); }
bool is_sign(const Token& token, char sign) { return token.kind == Token::Kind::kSign && token.text[0] == sign; }

/// The place behind the parenthesis that closes the one at `open`.
std::size_t behind(const Tokens& tokens, std::size_t open) {
  std::size_t depth = 0;
  for (auto i = open; i < tokens.size(); ++i) {
    if (is_sign(tokens[i], '(')) ++depth;
    if (is_sign(tokens[i], ')') && --depth == 0) return i + 1;
  }
  return tokens.size();
}

std::vector<std::string> names_in(const Tokens& tokens, std::size_t open) {
  std::vector<std::string> names;
  const auto end = behind(tokens, open);
  bool fresh = true;
  for (auto i = open + 1; i + 1 < end; ++i) {
    if (fresh) names.push_back(tokens[i].text);
    fresh = is_sign(tokens[i], ',');
  }
  return names;
}

/// One definition between two commas of a CREATE TABLE.
class DefinitionReader {
 public:
  DefinitionReader(Tokens tokens, TableText& table) : tokens_(std::move(tokens)), table_(table) {}

  void run() {
    if (tokens_.empty()) return;
    static constexpr std::string_view kConstraints[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"};
    const bool constraint = std::any_of(std::begin(kConstraints), std::end(kConstraints), [&](auto word) { return is(tokens_[0], word); });
    std::size_t at = 0;
    if (!constraint) {
      column_ = tokens_[0].text;
      table_.columns.push_back({tokens_[0].text, {}});
      at = 1;
    }
    while (at < tokens_.size()) at = clause(at);
  }

 private:
  [[nodiscard]] bool word_at(std::size_t at, std::string_view word) const { return at < tokens_.size() && is(tokens_[at], word); }
  [[nodiscard]] bool open_at(std::size_t at) const { return at < tokens_.size() && is_sign(tokens_[at], '('); }
  [[nodiscard]] std::string take_name() { return std::exchange(name_, {}); }

  std::size_t clause(std::size_t at) {
    if (word_at(at, "CONSTRAINT") && at + 1 < tokens_.size()) {
      name_ = tokens_[at + 1].text;
      return at + 2;
    }
    if (word_at(at, "CHECK") && open_at(at + 1)) {
      const auto end = behind(tokens_, at + 1);
      table_.checks.push_back({take_name(), print_tokens(tokens_, at + 2, end - 1)});
      return end;
    }
    if (word_at(at, "UNIQUE")) {
      const bool list = open_at(at + 1);
      table_.uniques.push_back({take_name(), list ? names_in(tokens_, at + 1) : std::vector<std::string>{column_}, false});
      return list ? behind(tokens_, at + 1) : at + 1;
    }
    if (word_at(at, "FOREIGN") && open_at(at + 2)) {
      table_.foreign_keys.push_back({take_name(), names_in(tokens_, at + 2), false});
      return behind(tokens_, at + 2);
    }
    if (word_at(at, "REFERENCES")) {
      if (!column_.empty()) table_.foreign_keys.push_back({take_name(), {column_}, false});
      return open_at(at + 2) ? behind(tokens_, at + 2) : at + 2;
    }
    return small_clause(at);
  }

  std::size_t small_clause(std::size_t at) {
    if (word_at(at, "COLLATE") && !column_.empty() && at + 1 < tokens_.size()) {
      table_.columns.back().collation = tokens_[at + 1].text;
      return at + 2;
    }
    if (word_at(at, "INITIALLY") && word_at(at + 1, "DEFERRED") && !table_.foreign_keys.empty()) table_.foreign_keys.back().deferred = true;
    if (word_at(at, "AUTOINCREMENT")) table_.autoincrement = true;
    if (word_at(at, "ON") && word_at(at + 1, "CONFLICT")) table_.conflict_clause = true;
    if (word_at(at, "PRIMARY") || word_at(at, "DEFAULT") || word_at(at, "NOT") || word_at(at, "NULL")) name_.clear();
    return open_at(at) ? behind(tokens_, at) : at + 1;
  }

  Tokens tokens_;
  TableText& table_;
  std::string column_;
  std::string name_;
};

}  // namespace

std::vector<Token> read_tokens(std::string_view sql) { return Lexer(sql).run(); }

std::string print_tokens(const Tokens& tokens, std::size_t begin, std::size_t end) {
  std::string text;
  for (auto i = begin; i < std::min(end, tokens.size()); ++i) {
    if (i > begin && tokens[i].apart) text += ' ';
    text += tokens[i].source;
  }
  return text;
}

std::string plain_sql(std::string_view sql) {
  const auto tokens = read_tokens(sql);
  return print_tokens(tokens, 0, tokens.size());
}

TableText read_table_text(std::string_view sql) {
  TableText table;
  const auto tokens = read_tokens(sql);
  const auto open = std::find_if(tokens.begin(), tokens.end(), [](const Token& token) { return is_sign(token, '('); });
  if (open == tokens.end()) return table;
  Tokens definition;
  std::size_t depth = 0;
  for (auto token = open + 1; token != tokens.end(); ++token) {
    const bool closes = is_sign(*token, ')');
    if (depth == 0 && (closes || is_sign(*token, ','))) {
      DefinitionReader(std::move(definition), table).run();
      definition.clear();
      if (closes) break;
      continue;
    }
    if (is_sign(*token, '(')) ++depth;
    if (closes) --depth;
    definition.push_back(*token);
  }
  return table;
}

std::string index_condition(std::string_view sql) {
  const auto tokens = read_tokens(sql);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_sign(tokens[i], '(')) continue;
    const auto end = behind(tokens, i);
    return end < tokens.size() && is(tokens[end], "WHERE") ? print_tokens(tokens, end + 1, tokens.size()) : std::string();
  }
  return {};
}

}  // namespace kingpost::introspect
