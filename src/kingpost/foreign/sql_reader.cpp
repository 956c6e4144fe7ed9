#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/sql_catalogue.hpp"
#include "kingpost/foreign/sql_layout.hpp"
#include "kingpost/foreign/sql_migration.hpp"
#include "kingpost/foreign/sql_rewrite.hpp"
#include "kingpost/foreign/sql_routines.hpp"

namespace kingpost::foreign {
namespace {

// Left-deep chains such as a + a + a … cost the parser's printer a stack frame a link.
constexpr std::size_t kMaxLinks = 20'000;
constexpr std::size_t kMaxParentheses = 1'000;
// Of an INSERT only the target matters; its rows are counted by their tokens.
constexpr std::size_t kInsertTokens = 64;

struct ReadFile {
  const File* file = nullptr;
  SplitText split;
  FileRole role;
  std::unique_ptr<Places> places;
  std::vector<ParsedStatement> statements;
};

class Reader {
 public:
  Reader(const std::vector<File>& files, Diagnostics& diagnostics) : files_(files), diagnostics_(diagnostics) {}

  SqlFacts run() {
    choose_flavour();
    split_files();
    for (auto& read : reads_) parse_file(read);
    apply_all();
    return std::move(facts_);
  }

 private:
  void choose_flavour() {
    std::size_t postgres = 0;
    std::size_t sqlite = 0;
    std::size_t mysql = 0;
    for (const auto& file : files_) {
      const auto votes = votes_for(file.text);
      SqlFlavour flavour = SqlFlavour::kPostgres;
      if (votes.mysql > votes.sqlite && votes.mysql > votes.postgres) flavour = SqlFlavour::kMysql;
      if (votes.sqlite > votes.mysql && votes.sqlite > votes.postgres) flavour = SqlFlavour::kSqlite;
      const bool any = votes.mysql + votes.sqlite + votes.postgres == 0;
      flavours_.push_back(flavour);
      neutral_.push_back(any);
      auto& weight = flavour == SqlFlavour::kMysql ? mysql : flavour == SqlFlavour::kSqlite ? sqlite : postgres;
      if (!any) weight += votes.tables + 1;
    }
    if (mysql > postgres && mysql > sqlite) facts_.flavour = SqlFlavour::kMysql;
    if (sqlite > postgres && sqlite >= mysql) facts_.flavour = SqlFlavour::kSqlite;
  }

  void split_files() {
    std::set<std::string> paths;
    for (const auto& file : files_) paths.insert(file.path);
    std::size_t left_out = 0;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (!neutral_[i] && flavours_[i] != facts_.flavour) {
        ++left_out;
        continue;
      }
      ReadFile read;
      read.file = &files_[i];
      read.split = split_sql(files_[i].text, facts_.flavour);
      read.role = role_of(files_[i], read.split, paths);
      read.places = std::make_unique<Places>(files_[i].text, files_[i].index);
      reads_.push_back(std::move(read));
    }
    if (left_out > 0) {
      constexpr std::array<std::string_view, 3> kNames = {"PostgreSQL", "SQLite", "MySQL"};
      diagnostics_.warning("foreign-mixed", {},
                           fmt::format("{} SQL file{} for another database left out: most speak {}.", left_out, left_out == 1 ? " is" : "s are",
                                       kNames[static_cast<std::size_t>(facts_.flavour)]),
                           "Review the files of one database at a time.");
    }
    // Migrations after dumps, and in the order of their numbers.
    std::stable_sort(reads_.begin(), reads_.end(), [](const ReadFile& a, const ReadFile& b) {
      if (a.role.is_migration != b.role.is_migration) return b.role.is_migration;
      return a.role.is_migration && natural_less(a.file->path, b.file->path);
    });
  }

  void refuse(Span span, const std::string& why) { diagnostics_.warning("foreign-parse", span, fmt::format("This statement is left out: {}.", why)); }

  [[nodiscard]] static bool is_insert(const ReadFile& read, const StatementText& part) {
    const auto& token = read.split.tokens[part.first_token];
    return is_word(read.file->text, token, "insert") || is_word(read.file->text, token, "replace");
  }

  // Rows after the first of INSERT … VALUES are counted, not parsed. Gives where to cut.
  static std::uint32_t cut_insert(const ReadFile& read, const StatementText& part, std::uint64_t& rows) {
    const auto& text = read.file->text;
    int depth = 0;
    bool values = false;
    std::uint32_t cut = part.end;
    for (std::size_t i = part.first_token; i < part.last_token; ++i) {
      const auto& token = read.split.tokens[i];
      if (depth == 0 && is_word(text, token, "values")) values = true;
      if (is_mark(text, token, '(')) {
        if (depth++ == 0 && values) ++rows;
      }
      if (is_mark(text, token, ')')) --depth;
      if (values && depth == 0 && rows == 1 && is_mark(text, token, ',') && cut == part.end) cut = token.begin;
    }
    return part.last_token - part.first_token > kInsertTokens || rows > 1 ? cut : part.end;
  }

  [[nodiscard]] static bool nests_too_deeply(const ReadFile& read, const StatementText& part) {
    std::size_t links = 0;
    std::size_t depth = 0;
    for (std::size_t i = part.first_token; i < part.last_token; ++i) {
      const auto& token = read.split.tokens[i];
      if (is_mark(read.file->text, token, '(') || is_mark(read.file->text, token, '[')) {
        if (++depth > kMaxParentheses) return true;
      } else if (is_mark(read.file->text, token, ')') || is_mark(read.file->text, token, ']')) {
        depth -= depth > 0 ? 1 : 0;
      } else if (token.kind == TokenKind::kOperator || token.kind == TokenKind::kWord || token.kind == TokenKind::kPunctuation) {
        if (!is_mark(read.file->text, token, ',')) ++links;
      }
    }
    return links > kMaxLinks;
  }

  void parse_file(ReadFile& read) {
    // Only one way of a migration is history.
    if (read.role.is_down) return;
    for (const auto& part : read.split.statements) {
      if (part.begin < read.role.up_begin || part.begin >= read.role.up_end) continue;
      parse_part(read, part);
    }
    read.split.tokens = {};
  }

  void parse_part(ReadFile& read, const StatementText& part) {
    const std::string_view text = read.file->text;
    ParsedStatement statement;
    statement.places = read.places.get();
    statement.span = read.places->at(part.begin, part.end);
    statement.copied_rows = part.copied_rows;
    if (nests_too_deeply(read, part)) return refuse(statement.span, "it nests too deeply");
    std::uint32_t end = part.end;
    if (is_insert(read, part)) {
      end = cut_insert(read, part, statement.copied_rows);
      if (is_repeat(read, part, statement.copied_rows)) return;
    }
    if (facts_.flavour == SqlFlavour::kPostgres) {
      statement.text = std::string(text.substr(part.begin, end - part.begin));
      statement.map = {{0, part.begin}};
      // Bytes that would end a C string.
      std::replace(statement.text.begin(), statement.text.end(), '\0', ' ');
      if (statement.text.find('{') != std::string::npos || statement.text.find(':') != std::string::npos) {
        fill_templates(statement.text, split_sql(statement.text, SqlFlavour::kPostgres).tokens);
      }
      return parse(read, std::move(statement));
    }
    auto last = std::next(read.split.tokens.begin(), static_cast<std::ptrdiff_t>(part.last_token));
    while (last != read.split.tokens.begin() && std::prev(last)->begin >= end) --last;
    const auto first = std::next(read.split.tokens.begin(), static_cast<std::ptrdiff_t>(part.first_token));
    for (auto& piece : rewrite_sql(text, std::span<const Token>(first, last), facts_.flavour, spellings_)) {
      ParsedStatement rewritten = statement;
      rewritten.text = std::move(piece.text);
      rewritten.map = std::move(piece.map);
      parse(read, std::move(rewritten));
    }
  }

  void parse(ReadFile& read, ParsedStatement statement) {
    statement.tokens = split_sql(statement.text, SqlFlavour::kPostgres).tokens;
    auto tree = parser_.parse(statement.text);
    if (!tree) {
      const Span at = tree.error().span.column == 0 ? statement.span : statement.at(tree.error().span.column);
      return refuse(at, tree.error().message);
    }
    if (tree->type().empty()) return;
    statement.tree = std::move(*tree);
    read.statements.push_back(std::move(statement));
  }

  // A dump inserts row by row; once a table has shown one INSERT, the next ones are only counted.
  bool is_repeat(ReadFile& read, const StatementText& part, std::uint64_t rows) {
    if (read.role.is_migration || part.last_token - part.first_token < 3) return false;
    std::string key;
    for (std::size_t i = part.first_token; i < part.last_token && key.size() < 200; ++i) {
      const auto& token = read.split.tokens[i];
      if (is_mark(read.file->text, token, '(') || is_word(read.file->text, token, "values") || is_word(read.file->text, token, "select")) break;
      key += std::string_view(read.file->text).substr(token.begin, token.end - token.begin);
      key += ' ';
    }
    const auto [known, fresh] = inserts_.try_emplace({read.file, key}, read.statements.size());
    if (fresh || known->second >= read.statements.size()) return false;
    read.statements[known->second].copied_rows += rows;
    return true;
  }

  /// Applies statements to a catalogue; what has to wait for a table comes last.
  void apply_files(SqlCatalogue& catalogue, bool dumps, bool migrations, bool describe) {
    std::vector<const ParsedStatement*> waiting;
    for (auto& read : reads_) {
      if (read.role.is_migration ? !migrations : !dumps) continue;
      MigrationFact migration;
      MigrationState state;
      state.in_transaction = read.role.in_transaction;
      for (const auto& statement : read.statements) {
        if (describe) describe_statement(statement, catalogue, state, migration.statements);
        if (!catalogue.apply(statement)) waiting.push_back(&statement);
      }
      if (!describe || read.statements.empty()) continue;
      finish(migration, read);
      facts_.migrations.push_back(std::move(migration));
    }
    for (const auto* statement : waiting) (void)catalogue.apply(*statement);
  }

  static void finish(MigrationFact& migration, const ReadFile& read) {
    using Kind = StatementFact::Kind;
    migration.file = read.file->path;
    migration.index = read.file->index;
    migration.tool = read.role.tool;
    migration.is_migration = read.role.is_migration;
    migration.has_rollback = read.role.has_rollback;
    const auto& statements = migration.statements;
    const auto outside = [](const StatementFact& fact) {
      return !fact.in_transaction && fact.kind != Kind::kBegin && fact.kind != Kind::kCommit && fact.kind != Kind::kSetLockTimeout &&
             fact.kind != Kind::kSetStatementTimeout && fact.kind != Kind::kOther;
    };
    migration.whole_in_transaction = !statements.empty() && std::none_of(statements.begin(), statements.end(), outside);
  }

  // A schema dump beside the series that led to it is the truth about tables; a series alone, or one that goes on from a base, is applied in order.
  void apply_all() {
    for (auto& read : reads_) expand_blocks(read);
    SqlCatalogue dump;
    apply_files(dump, true, false, false);
    SqlCatalogue series;
    apply_files(series, false, true, false);
    const bool has_both = dump.size() > 0 && series.size() > 0;
    std::size_t shared = 0;
    SqlFacts names;
    series.take(names);
    for (const auto& table : names.tables) shared += dump.find(table.name) != nullptr ? 1U : 0U;
    if (has_both && shared * 2 >= names.tables.size()) {
      SqlCatalogue empty;
      apply_files(empty, true, false, true);
      SqlCatalogue fresh;
      apply_files(fresh, false, true, true);
      dump.take(facts_);
    } else {
      SqlCatalogue all;
      apply_files(all, true, true, true);
      all.take(facts_);
    }
    SqlRoutines routines(parser_);
    for (const auto& read : reads_) {
      for (const auto& statement : read.statements) routines.apply(statement);
    }
    facts_.routines = routines.take();
  }

  // What a DO block runs stands after it as statements of the same place.
  void expand_blocks(ReadFile& read) {
    SqlRoutines routines(parser_);
    std::vector<ParsedStatement> out;
    for (auto& statement : read.statements) {
      std::vector<std::string> inner;
      if (statement.tree.type() == "DoStmt") inner = routines.block_statements(statement);
      const ParsedStatement* outer = &statement;
      std::vector<ParsedStatement> found;
      for (auto& text : inner) {
        auto tree = parser_.parse(text);
        if (!tree || tree->type().empty() || tree->type() == "SelectStmt") continue;
        ParsedStatement part;
        part.tree = std::move(*tree);
        part.places = outer->places;
        part.span = outer->span;
        part.text = std::move(text);
        // No tokens: every place inside is the block's own.
        found.push_back(std::move(part));
      }
      out.push_back(std::move(statement));
      std::move(found.begin(), found.end(), std::back_inserter(out));
    }
    read.statements = std::move(out);
  }

  const std::vector<File>& files_;
  Diagnostics& diagnostics_;
  SqlParser parser_;
  SqlFacts facts_;
  std::vector<SqlFlavour> flavours_;
  std::vector<bool> neutral_;
  std::vector<ReadFile> reads_;
  std::map<std::string, std::string> spellings_;
  std::map<std::pair<const File*, std::string>, std::size_t> inserts_;
};

}  // namespace

SqlFacts read_sql(const std::vector<File>& files, Diagnostics& diagnostics) { return Reader(files, diagnostics).run(); }

}  // namespace kingpost::foreign
