#include <algorithm>
#include <initializer_list>

#include "kingpost/foreign/sql_rewrite.hpp"

namespace kingpost::foreign {
namespace {

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_sqlite_word(std::string_view word) { return one_of(word, {"autoincrement", "rowid", "pragma", "sqlite_sequence", "nocase"}); }
bool is_mysql_word(std::string_view word) {
  return one_of(word, {"auto_increment", "engine", "unsigned", "charset", "longtext", "mediumtext", "tinyint", "mediumint", "delimiter", "innodb"});
}
bool is_postgres_word(std::string_view word) {
  return one_of(word, {"serial", "bigserial", "jsonb", "timestamptz", "bytea", "plpgsql", "uuid", "nextval", "concurrently", "tsvector", "extension",
                       "owner", "search_path", "gin", "gist", "returning", "only", "inet", "citext"});
}

}  // namespace

FlavourVotes votes_for(std::string_view text) {
  FlavourVotes votes;
  // Where quotes are not known yet, the beginning decides; MySQL's dumps write a comment that only MySQL reads.
  constexpr std::size_t kSample = 256U << 10U;
  const std::string_view sample = text.substr(0, kSample);
  if (sample.find("/*!4") != std::string_view::npos || sample.find("/*!5") != std::string_view::npos) votes.mysql += 5;
  if (sample.find("$$") != std::string_view::npos) votes.postgres += 1;
  const auto split = split_sql(sample, SqlFlavour::kSqlite);
  std::string before;
  int lean = 0;
  for (const auto& token : split.tokens) {
    if (token.kind == TokenKind::kBacktick) {
      // Both know it; MySQL's own tools write it everywhere.
      votes.sqlite += votes.sqlite == 0 ? 1 : 0;
      votes.mysql += votes.mysql == 0 ? 1 : 0;
    }
    if (token.kind == TokenKind::kBracket && before == "table") ++votes.sqlite;
    if (token.kind != TokenKind::kWord) continue;
    std::string word = lower_case(sample.substr(token.begin, token.end - token.begin));
    votes.sqlite += is_sqlite_word(word) || word == "datetime" ? 1 : 0;
    votes.mysql += is_mysql_word(word) || word == "datetime" ? 1 : 0;
    votes.postgres += is_postgres_word(word) ? 1 : 0;
    if (before == "create" && word == "table") ++votes.tables;
    // What both know leans to where it is usual.
    lean += word == "integer" || word == "text" ? 1 : word == "int" || word == "varchar" || word == "nvarchar" || word == "use" ? -1 : 0;
    before = std::move(word);
  }
  if (votes.sqlite == votes.mysql && votes.sqlite > 0) ++(lean > 0 ? votes.sqlite : votes.mysql);
  return votes;
}

void fill_templates(std::string& statement, std::span<const Token> tokens, bool variables) {
  const auto mark = [&](std::size_t i, char c) { return i < tokens.size() && statement[tokens[i].begin] == c; };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    const bool pair = mark(i, '{') && mark(i + 1, '{') && tokens[i + 1].begin == token.end;
    const bool dollar = mark(i, '$') && token.end - token.begin == 1 && mark(i + 1, '{');
    if (pair || dollar) {
      std::size_t close = i + 2;
      while (close < tokens.size() && !(mark(close, '}') && (dollar || mark(close - 1, '}')))) ++close;
      if (close >= tokens.size()) return;
      const std::uint32_t end = tokens[close].end;
      const bool qualifies = mark(close + 1, '.') && tokens[close + 1].begin == end;
      const std::uint32_t stop = qualifies ? end + 1 : end;
      std::fill(statement.begin() + token.begin, statement.begin() + stop, qualifies ? ' ' : 'x');
      i = close;
    } else if (token.kind == TokenKind::kDollar) {
      // The body of a function or a DO block.
      const std::size_t tag = statement.find('$', token.begin + 1) + 1 - token.begin;
      if (token.end - token.begin < 2 * tag) continue;
      std::string body = statement.substr(token.begin + tag, token.end - token.begin - 2 * tag);
      fill_templates(body, split_sql(body, SqlFlavour::kPostgres).tokens, false);
      statement.replace(token.begin + tag, body.size(), body);
    } else if (token.kind == TokenKind::kQuoted && statement.compare(token.begin, 3, "\"{{") == 0) {
      const std::size_t close = statement.find("}}\"", token.begin);
      if (close == std::string::npos) return;
      const bool qualifies = close + 3 < statement.size() && statement[close + 3] == '.';
      const std::size_t stop = close + (qualifies ? 4 : 3);
      std::fill(statement.begin() + token.begin, statement.begin() + static_cast<std::ptrdiff_t>(stop), qualifies ? ' ' : 'x');
      while (i + 1 < tokens.size() && tokens[i + 1].begin < stop) ++i;
    } else if (variables && token.kind == TokenKind::kOperator && token.end - token.begin == 1 && mark(i, ':') && i + 1 < tokens.size() &&
               tokens[i + 1].begin == token.end) {
      // The colon of an array's slice touches what stands before it.
      const bool slice = i > 0 && tokens[i - 1].end == token.begin && !mark(i - 1, '(') && !mark(i - 1, ',') && !mark(i - 1, '=');
      if (!slice) statement[token.begin] = ' ';
    }
  }
}

}  // namespace kingpost::foreign
