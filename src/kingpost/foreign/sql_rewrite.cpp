#include "kingpost/foreign/sql_rewrite.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kingpost::foreign {
namespace {

using Tokens = std::span<const Token>;

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Rewriter {
 public:
  Rewriter(std::string_view text, Tokens tokens, SqlFlavour flavour, std::map<std::string, std::string>& spellings)
      : text_(text), tokens_(tokens), mysql_(flavour == SqlFlavour::kMysql), spellings_(&spellings) {}

  std::vector<Rewritten> run() {
    if (tokens_.empty()) return {};
    const std::string first = word(0);
    if (first == "create")
      create();
    else if (first == "alter")
      alter();
    else if (first == "insert" || first == "replace")
      insert();
    else if (first == "drop")
      drop();
    else if (one_of(first, {"begin", "commit", "update", "delete"}))
      pass();
    return std::move(out_);
  }

 private:
  // ── reading ──
  [[nodiscard]] std::string word(std::size_t i) const {
    if (i >= tokens_.size() || tokens_[i].kind != TokenKind::kWord) return {};
    return lower_case(raw(i));
  }
  [[nodiscard]] std::string_view raw(std::size_t i) const { return text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin); }
  [[nodiscard]] bool mark(std::size_t i, char c) const { return i < tokens_.size() && is_mark(text_, tokens_[i], c); }
  /// The token after the parenthesis that opens at `i`.
  [[nodiscard]] std::size_t after_parenthesis(std::size_t i, std::size_t end) const {
    int depth = 0;
    for (; i < end; ++i) {
      if (mark(i, '(')) ++depth;
      if (mark(i, ')') && --depth == 0) return i + 1;
    }
    return end;
  }
  [[nodiscard]] std::size_t find_word(std::string_view wanted, std::size_t from = 0) const {
    for (std::size_t i = from; i < tokens_.size(); ++i) {
      if (word(i) == wanted) return i;
    }
    return tokens_.size();
  }
  /// Parts of [begin, end) between commas outside parentheses.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> parts(std::size_t begin, std::size_t end) const {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    int depth = 0;
    std::size_t from = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (mark(i, '(')) ++depth;
      if (mark(i, ')')) --depth;
      if (depth == 0 && mark(i, ',')) {
        found.emplace_back(from, i);
        from = i + 1;
      }
    }
    if (from < end) found.emplace_back(from, end);
    return found;
  }

  // ── writing ──
  void open() { out_.emplace_back(); }
  /// Writes text that stands for token `i`.
  void put(std::string_view text, std::size_t i) {
    auto& to = out_.back();
    if (!to.text.empty()) to.text += ' ';
    to.map.emplace_back(static_cast<std::uint32_t>(to.text.size()), tokens_[std::min(i, tokens_.size() - 1)].begin);
    to.text += text;
  }
  static std::string quote(std::string_view name, char mark) {
    std::string out(1, mark);
    for (const char c : name) out.append(c == mark ? 2 : 1, c);
    out += mark;
    return out;
  }
  /// What stands between the quotes of a token.
  [[nodiscard]] std::string unquoted(std::size_t i) const {
    std::string_view body = raw(i);
    if (tokens_[i].kind == TokenKind::kWord) return std::string(body);
    if (body.size() < 2) return std::string(body);
    const char close = body.back();
    body = body.substr(1, body.size() - 2);
    std::string out;
    const bool string = tokens_[i].kind == TokenKind::kString;
    for (std::size_t k = 0; k < body.size(); ++k) {
      if (string && mysql_ && body[k] == '\\' && k + 1 < body.size())
        ++k;
      else if (body[k] == close && close != ']' && k + 1 < body.size() && body[k + 1] == close)
        ++k;
      out += body[k];
    }
    return out;
  }
  void name(std::size_t i) {
    std::string spelled = unquoted(i);
    std::string folded = lower_case(spelled);
    put(quote(spellings_->try_emplace(std::move(folded), std::move(spelled)).first->second, '"'), i);
  }
  void token(std::size_t i) {
    const auto kind = tokens_[i].kind;
    if (kind == TokenKind::kBacktick || kind == TokenKind::kBracket) return name(i);
    if (kind == TokenKind::kQuoted && i > 0 && word(i - 1) == "default") return put(quote(unquoted(i), '\''), i);
    const bool plain = kind == TokenKind::kString && (raw(i).front() == '\'' || raw(i).front() == '"');
    if (plain && mysql_) return put(quote(unquoted(i), '\''), i);
    put(raw(i), i);
  }
  void copy(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) token(i);
  }
  void pass() {
    open();
    copy(0, tokens_.size());
  }

  // ── names and lists ──
  /// Past `a` or `a.b`.
  [[nodiscard]] std::size_t after_name(std::size_t i) const { return mark(i + 1, '.') ? i + 3 : i + 1; }
  /// The table's own name; MySQL's database and SQLite's `main` are none of a schema.
  void table_name(std::size_t begin) { name(std::min(mark(begin + 1, '.') ? begin + 2 : begin, tokens_.size() - 1)); }
  /// `(a(10) DESC, b)` without lengths, orders and collations.
  void column_list(std::size_t open_at, std::size_t end, bool expressions) {
    const std::size_t close = after_parenthesis(open_at, end);
    put("(", open_at);
    bool comma = false;
    for (const auto& [begin, stop] : parts(open_at + 1, close > 0 ? close - 1 : close)) {
      if (comma) put(",", begin);
      comma = true;
      const bool call = tokens_[begin].kind == TokenKind::kPunctuation || (!mysql_ && mark(begin + 1, '('));
      if (call && expressions)
        copy(begin, stop);
      else
        name(begin);
    }
    put(")", close - 1);
  }
  [[nodiscard]] std::size_t find_open(std::size_t i, std::size_t end) const {
    while (i < end && !mark(i, '(')) ++i;
    return i;
  }

  // ── CREATE ──
  void create() {
    std::size_t i = 1;
    while (i < tokens_.size() && one_of(word(i), {"temp", "temporary", "unique", "fulltext", "spatial"})) ++i;
    const std::string kind = word(i);
    if (kind == "virtual" || kind == "database" || kind == "schema" || kind == "user") return;
    if (kind == "index") return create_index(i);
    if (kind == "table") return create_table(i);
    if (find_word("trigger") < find_word("on") && find_word("begin") < tokens_.size()) return create_trigger();
    const std::size_t view = find_word("view");
    if (view < tokens_.size() && view < find_word("as") && find_word("trigger") > view) {
      open();
      put("CREATE VIEW", 0);
      std::size_t at = view + 1;
      while (one_of(word(at), {"if", "not", "exists"})) ++at;
      if (at >= tokens_.size()) return out_.pop_back();
      table_name(at);
      return copy(after_name(at), tokens_.size());
    }
    pass();
  }

  /// The body becomes a function of SQL: what it reads and writes is all that is asked of it.
  void create_trigger() {
    std::size_t label = find_word("trigger") + 1;
    while (one_of(word(label), {"if", "not", "exists"})) ++label;
    label = after_name(label) - 1;
    const std::size_t on = find_word("on", label + 1);
    const std::size_t begin = find_word("begin", on);
    if (label >= on || begin >= tokens_.size()) return;
    std::size_t end = tokens_.size();
    while (end > begin + 1 && word(end - 1) != "end") --end;
    open();
    put("CREATE FUNCTION", 0);
    name(label);
    put("() RETURNS trigger LANGUAGE sql AS $kingpost$", begin);
    copy(begin + 1, end > begin + 1 ? end - 1 : begin + 1);
    put("$kingpost$", begin);
    open();
    put("CREATE TRIGGER", 0);
    name(label);
    put("AFTER INSERT ON", on);
    table_name(on + 1);
    put("EXECUTE FUNCTION", begin);
    name(label);
    put("()", begin);
  }

  void create_index(std::size_t at) {
    open();
    put(word(1) == "unique" ? "CREATE UNIQUE INDEX" : "CREATE INDEX", 0);
    for (++at; one_of(word(at), {"if", "not", "exists"});) ++at;
    const std::size_t on = find_word("on", at);
    if (on + 1 >= tokens_.size() || on == at) return out_.pop_back();
    name(after_name(at) - 1);
    put("ON", on);
    table_name(on + 1);
    const std::size_t list = find_open(on + 2, tokens_.size());
    if (list >= tokens_.size()) return out_.pop_back();
    column_list(list, tokens_.size(), true);
    const std::size_t where = find_word("where", list);
    copy(std::min(where, tokens_.size()), tokens_.size());
  }

  void create_table(std::size_t at) {
    const bool temporary = at > 1;
    for (++at; one_of(word(at), {"if", "not", "exists"});) ++at;
    if (temporary || at >= tokens_.size()) return;
    table_ = at;
    const std::size_t list = after_name(at);
    if (!mark(list, '(')) return;  // CREATE TABLE … AS or LIKE names no columns
    const std::size_t close = after_parenthesis(list, tokens_.size());
    open();
    const std::size_t self = out_.size() - 1;
    put("CREATE TABLE", 0);
    table_name(at);
    put("(", list);
    std::vector<std::pair<std::size_t, std::size_t>> indexes;
    bool comma = false;
    for (const auto& [begin, end] : parts(list + 1, close - 1)) {
      if (is_plain_key(begin)) {
        indexes.emplace_back(begin, end);
        continue;
      }
      if (comma) put(",", begin);
      comma = true;
      element(begin, end);
    }
    put(")", close - 1);
    for (const auto& [begin, end] : indexes) key_index(begin, end);
    comments(self, close);
  }

  void comments(std::size_t, std::size_t close) {
    for (const auto& [column, comment] : comments_) {
      open();
      put("COMMENT ON COLUMN", column);
      table_name(table_);
      put(".", column);
      name(column);
      put("IS " + quote(unquoted(comment), '\''), comment);
    }
    comments_.clear();
    for (std::size_t i = close; i + 1 < tokens_.size(); ++i) {
      const std::size_t value = tokens_[i + 1].kind == TokenKind::kOperator ? i + 2 : i + 1;
      if (word(i) != "comment" || value >= tokens_.size() || tokens_[value].kind != TokenKind::kString) continue;
      open();
      put("COMMENT ON TABLE", i);
      table_name(table_);
      put("IS " + quote(unquoted(value), '\''), value);
    }
  }

  /// MySQL's KEY and INDEX lists stand in the table; here they become statements of their own.
  [[nodiscard]] bool is_plain_key(std::size_t i) const {
    if (!mysql_) return false;
    const std::string first = word(i);
    if (first == "fulltext" || first == "spatial") return true;
    return (first == "key" || first == "index") && (mark(i + 1, '(') || mark(i + 2, '(') || word(i + 2) == "using");
  }

  void key_index(std::size_t begin, std::size_t end) {
    const std::size_t list = find_open(begin, end);
    const bool full = word(begin) == "fulltext" || word(begin) == "spatial";
    std::size_t label = full ? begin + 1 : begin;
    if (word(label) == "key" || word(label) == "index") ++label;
    if (list >= end) return;
    open();
    put("CREATE INDEX", begin);
    if (label < list && word(label) != "using") name(label);
    put("ON", begin);
    table_name(table_);
    if (full) put("USING gin", begin);
    column_list(list, end, false);
  }

  [[nodiscard]] bool is_constraint(std::size_t i) const {
    const std::string first = word(i);
    if (one_of(first, {"constraint", "primary", "unique", "foreign", "check"})) return !is_type_word(i + 1);
    return false;
  }
  // A column may be called `primary` or `check`; a type follows it then.
  [[nodiscard]] bool is_type_word(std::size_t i) const {
    return one_of(word(i), {"integer", "int", "text", "varchar", "boolean", "bool", "real", "blob", "bigint", "datetime", "numeric"});
  }

  void element(std::size_t begin, std::size_t end) {
    if (is_constraint(begin))
      table_constraint(begin, end);
    else
      column(begin, end);
  }

  void table_constraint(std::size_t i, std::size_t end) {
    if (word(i) == "constraint") {
      const bool unnamed = one_of(word(i + 1), {"primary", "unique", "foreign", "check"});
      if (!unnamed && i + 1 < end) {
        put("CONSTRAINT", i);
        name(i + 1);
      }
      i += unnamed ? 1 : 2;
    }
    const std::string kind = word(i);
    const std::size_t list = find_open(i, end);
    if (list >= end) return copy(i, end);
    if (kind == "primary") {
      put("PRIMARY KEY", i);
      column_list(list, end, false);
    } else if (kind == "unique") {
      std::size_t label = i + 1;
      if (word(label) == "key" || word(label) == "index") ++label;
      const bool already = out_.back().text.ends_with('"') && word(i - 1).empty() && i >= 2 && word(i - 2) == "constraint";
      if (label < list && !already && word(label) != "using") {
        put("CONSTRAINT", i);
        name(label);
      }
      put("UNIQUE", i);
      column_list(list, end, false);
    } else if (kind == "foreign") {
      put("FOREIGN KEY", i);
      column_list(list, end, false);
      references(after_parenthesis(list, end), end);
    } else {
      copy(i, after_parenthesis(list, end));
    }
  }

  /// REFERENCES t (c) ON DELETE …; MATCH and conflict clauses are left out.
  std::size_t references(std::size_t i, std::size_t end) {
    if (word(i) != "references" || i + 1 >= end) return end;
    put("REFERENCES", i);
    table_name(i + 1);
    i = after_name(i + 1);
    if (mark(i, '(') && i < end) {
      column_list(i, end, false);
      i = after_parenthesis(i, end);
    }
    while (i + 2 < end && word(i) == "on" && (word(i + 1) == "delete" || word(i + 1) == "update")) {
      const std::size_t words = one_of(word(i + 2), {"set", "no"}) ? 4 : 3;
      copy(i, std::min(i + words, end));
      i += words;
    }
    return i;
  }

  // ── columns ──
  void column(std::size_t begin, std::size_t end) {
    name(begin);
    std::size_t i = type(begin + 1, end);
    while (i < end) i = attribute(begin, i, end);
  }

  [[nodiscard]] bool ends_type(std::size_t i) const {
    return one_of(word(i), {"not",    "null",    "default", "primary",        "unique",        "check",      "references", "collate", "generated",
                            "as",     "comment", "on",      "auto_increment", "autoincrement", "constraint", "character",  "charset", "virtual",
                            "stored", "key",     "visible", "invisible",      "deferrable",    "first",      "after",      "srid",    "strict"});
  }

  std::size_t type(std::size_t i, std::size_t end) {
    const std::size_t begin = i;
    std::string words;
    bool wide = false;
    std::size_t arguments = end;
    while (i < end && !(ends_type(i) && !(i == begin && word(i) == "character"))) {
      if (mark(i, '(')) {
        arguments = i;
        i = after_parenthesis(i, end);
        continue;
      }
      const std::string piece = lower_case(unquoted(i++));
      if (one_of(piece, {"unsigned", "zerofill", "signed", "binary"}) && !words.empty()) {
        wide = wide || piece != "signed";
        continue;
      }
      if (!words.empty()) words += ' ';
      words += piece;
    }
    const std::size_t at = std::min(begin, end - 1);
    if (words.empty())
      put("blob", at);
    else if (mysql_)
      mysql_type(words, wide, arguments, at);
    else
      sqlite_type(words, arguments, at);
    return i;
  }

  void with_arguments(std::string_view type, std::size_t arguments, std::size_t at) {
    put(type, at);
    if (arguments < tokens_.size() && mark(arguments, '(')) copy(arguments, after_parenthesis(arguments, tokens_.size()));
  }

  void sqlite_type(const std::string& words, std::size_t arguments, std::size_t at) {
    const bool integer = one_of(words, {"int", "integer", "bigint", "smallint", "boolean", "date", "text", "real"});
    if (integer || words == "double" || words == "double precision") return put(words == "double" ? "double precision" : words, at);
    const bool plain = std::all_of(words.begin(), words.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    if (words == "character varying") return with_arguments(words, arguments, at);
    with_arguments(plain && !one_of(words, {"any", "user", "order"}) ? words : quote(words, '"'), arguments, at);
  }

  void mysql_type(const std::string& words, bool wide, std::size_t arguments, std::size_t at) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kTypes = {{
        {"tinyint", "smallint"},
        {"smallint", "smallint"},
        {"mediumint", "integer"},
        {"int", "integer"},
        {"integer", "integer"},
        {"bigint", "bigint"},
        {"double", "double precision"},
        {"double precision", "double precision"},
        {"float", "real"},
        {"real", "double precision"},
        {"datetime", "timestamp"},
        {"timestamp", "timestamptz"},
        {"tinytext", "text"},
        {"mediumtext", "text"},
        {"longtext", "text"},
        {"text", "text"},
        {"tinyblob", "bytea"},
        {"blob", "bytea"},
        {"mediumblob", "bytea"},
        {"longblob", "bytea"},
        {"varbinary", "bytea"},
        {"binary", "bytea"},
        {"year", "smallint"},
        {"json", "jsonb"},
    }};
    const bool flag = words == "tinyint" && mark(arguments, '(') && raw(arguments + 1) == "1";
    if (flag) return put("boolean", at);
    if (wide && (words == "int" || words == "integer" || words == "bigint")) return put("bigint", at);
    const auto known = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& entry) { return entry.first == words; });
    if (known != kTypes.end()) return put(known->second, at);
    with_arguments(words == "dec" || words == "fixed" ? "decimal" : words, arguments, at);
  }

  /// One attribute of a column from token `i`; gives the token after it.
  std::size_t attribute(std::size_t column_at, std::size_t i, std::size_t end) {
    const std::string first = word(i);
    const std::string next = word(i + 1);
    if (first == "autoincrement" || first == "auto_increment") {
      put("GENERATED BY DEFAULT AS IDENTITY", i);
      return i + 1;
    }
    if (first == "references") return references(i, end);
    if (first == "primary" || first == "unique") {
      put(first == "primary" ? "PRIMARY KEY" : "UNIQUE", i);
      i += next == "key" ? 2U : 1U;
      return one_of(word(i), {"asc", "desc"}) ? i + 1 : i;
    }
    if (first == "not" && next == "null") {
      put("NOT NULL", i);
      return i + 2;
    }
    if (first == "constraint" && i + 1 < end) return i + 2;
    if (first == "default") return default_value(i, end);
    if (first == "check" && mark(i + 1, '(')) {
      const std::size_t stop = after_parenthesis(i + 1, end);
      copy(i, stop);
      return stop;
    }
    if (first == "generated" || first == "as") return generated(i, end);
    if (first == "comment" && i + 1 < end) {
      comments_.emplace_back(column_at, i + 1);
      return i + 2;
    }
    if (first == "character" && next == "set") return i + 3;
    if (first == "collate" || first == "charset") return i + 2;
    if (first == "on" && next == "conflict") return i + 3;
    if (first == "on" && next == "update") return mark(i + 3, '(') ? after_parenthesis(i + 3, end) : i + 3;
    return mark(i, '(') ? after_parenthesis(i, end) : i + 1;
  }

  std::size_t default_value(std::size_t i, std::size_t end) {
    std::size_t stop = i + 1;
    if (stop < end && tokens_[stop].kind == TokenKind::kOperator) ++stop;
    if (stop >= end) return end;
    stop = mark(stop, '(') ? after_parenthesis(stop, end) : stop + 1;
    if (stop < end && mark(stop, '(')) stop = after_parenthesis(stop, end);
    copy(i, stop);
    return stop;
  }

  std::size_t generated(std::size_t i, std::size_t end) {
    const std::size_t list = find_open(i, end);
    if (list >= end) return end;
    put("GENERATED ALWAYS AS", i);
    const std::size_t stop = after_parenthesis(list, end);
    copy(list, stop);
    put("STORED", stop - 1);
    return stop;
  }

  // ── ALTER TABLE ──
  void begin_alter() {
    open();
    put("ALTER TABLE", 0);
    table_name(table_);
  }

  void alter() {
    if (word(1) != "table" || tokens_.size() < 4) return;
    table_ = word(2) == "if" ? 4 : 2;
    if (table_ + 1 >= tokens_.size()) return;
    for (const auto& [begin, end] : parts(after_name(table_), tokens_.size())) alter_part(begin, end);
    comments(0, tokens_.size());
  }

  void alter_part(std::size_t i, std::size_t end) {
    const std::string verb = word(i);
    if (verb == "add") {
      std::size_t at = word(i + 1) == "column" ? i + 2 : i + 1;
      if (at >= end) return;
      if (mark(at, '(')) ++at;
      if (is_plain_key(at)) return key_index(at, end);
      begin_alter();
      put(is_constraint(at) ? "ADD" : "ADD COLUMN", i);
      // FIRST and AFTER only order columns.
      return element(at, end);
    }
    if (verb == "modify" || verb == "change") {
      const std::size_t at = word(i + 1) == "column" ? i + 2 : i + 1;
      for (std::size_t k = at; k < end; ++k) {
        if (word(k) != "auto_increment") continue;
        begin_alter();
        put("ALTER COLUMN", i);
        name(at);
        return put("ADD GENERATED BY DEFAULT AS IDENTITY", k);
      }
      return;
    }
    const bool constraint = verb == "drop" && (word(i + 1) == "foreign" || word(i + 1) == "constraint");
    if (constraint && i + 2 < end) {
      begin_alter();
      put("DROP CONSTRAINT", i);
      return name(end - 1);
    }
    if (verb == "drop" && one_of(word(i + 1), {"index", "key", "primary", "partition"})) return;
    if (verb != "drop" && verb != "rename") return;
    begin_alter();
    copy(i, end);
  }

  void insert() {
    const std::size_t into = find_word("into");
    if (into + 1 >= tokens_.size()) return;
    open();
    put("INSERT INTO", 0);
    table_name(into + 1);
    put("DEFAULT VALUES", into + 1);
  }

  void drop() {
    if (word(1) == "trigger" || word(1) == "database") return;
    open();
    copy(0, word(1) == "index" ? std::min(find_word("on"), tokens_.size()) : tokens_.size());
  }

  std::string_view text_;
  Tokens tokens_;
  bool mysql_;
  std::map<std::string, std::string>* spellings_;
  std::size_t table_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> comments_;  ///< token of a column, token of its comment
  std::vector<Rewritten> out_;
};

}  // namespace

std::vector<Rewritten> rewrite_sql(std::string_view text, std::span<const Token> tokens, SqlFlavour flavour,
                                   std::map<std::string, std::string>& spellings) {
  return Rewriter(text, tokens, flavour, spellings).run();
}

}  // namespace kingpost::foreign
