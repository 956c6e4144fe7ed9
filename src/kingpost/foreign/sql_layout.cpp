#include "kingpost/foreign/sql_layout.hpp"

#include <algorithm>
#include <array>

namespace kingpost::foreign {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t leading_digits(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

struct PathParts {
  std::string directory;  ///< with its slash; empty = none
  std::string parent;     ///< last folder
  std::string name;
};

PathParts split_path(const std::string& path) {
  PathParts parts;
  const auto slash = path.rfind('/');
  parts.name = slash == std::string::npos ? path : path.substr(slash + 1);
  parts.directory = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
  if (slash != std::string::npos) {
    const auto before = path.rfind('/', slash == 0 ? 0 : slash - 1);
    parts.parent = before == std::string::npos ? path.substr(0, slash) : path.substr(before + 1, slash - before - 1);
  }
  return parts;
}

bool in_folder(const std::string& path, std::string_view folder) {
  return path.starts_with(std::string(folder) + "/") || path.find("/" + std::string(folder) + "/") != std::string::npos;
}

std::string squeezed(std::string_view comment) {
  std::string out;
  for (const char c : comment) {
    if (c != '-' && c != ' ' && c != '\t' && c != '\r') out += c;
  }
  return lower_case(out);
}

struct Mark {
  std::string_view text;  ///< of a comment without dashes and blanks, lower case
  std::string_view tool;
  enum class Meaning : std::uint8_t { kUp, kDown, kNoTransaction } meaning;
};

constexpr std::array<Mark, 13> kMarks = {{{"+gooseup", "goose", Mark::Meaning::kUp},
                                          {"+goosedown", "goose", Mark::Meaning::kDown},
                                          {"+goosenotransaction", "goose", Mark::Meaning::kNoTransaction},
                                          {"migrate:up", "dbmate", Mark::Meaning::kUp},
                                          {"migrate:down", "dbmate", Mark::Meaning::kDown},
                                          {"migrate:uptransaction:false", "dbmate", Mark::Meaning::kNoTransaction},
                                          {"+migrateup", "sql-migrate", Mark::Meaning::kUp},
                                          {"+migratedown", "sql-migrate", Mark::Meaning::kDown},
                                          {"+migrateupnotransaction", "sql-migrate", Mark::Meaning::kNoTransaction},
                                          {"upmigration", "node-pg-migrate", Mark::Meaning::kUp},
                                          {"downmigration", "node-pg-migrate", Mark::Meaning::kDown},
                                          {"notransaction", "", Mark::Meaning::kNoTransaction},
                                          {"atlas:txmodenone", "atlas", Mark::Meaning::kNoTransaction}}};

// Marks stand in comments; the first down mark ends what goes forward.
bool read_marks(const File& file, const SplitText& split, FileRole& role) {
  bool no_transaction = false;
  for (const auto& comment : split.comments) {
    const std::string text = squeezed(std::string_view(file.text).substr(comment.begin, comment.end - comment.begin));
    for (const auto& mark : kMarks) {
      if (text != mark.text) continue;
      if (!mark.tool.empty()) role.tool = mark.tool;
      if (mark.meaning == Mark::Meaning::kNoTransaction) no_transaction = true;
      if (mark.meaning == Mark::Meaning::kDown && role.up_end == UINT32_MAX) role.up_end = comment.begin;
    }
  }
  return no_transaction;
}

void by_name(const PathParts& parts, const std::string& path, const std::set<std::string>& paths, FileRole& role) {
  const std::string& name = parts.name;
  const auto beside = [&](const std::string& other) { return paths.contains(other); };
  const std::size_t digits = leading_digits(name);
  const std::size_t parent_digits = leading_digits(parts.parent);
  const auto replaced = [&](std::string_view from, std::string_view to) {
    return parts.directory + name.substr(0, name.size() - from.size()) + std::string(to);
  };
  if (name == "up.sql" || name == "down.sql") {
    role.tool = "diesel";
    role.is_down = name == "down.sql";
    role.has_rollback = beside(parts.directory + "down.sql");
  } else if (name.ends_with(".up.sql") || name.ends_with(".down.sql")) {
    role.tool = "golang-migrate";
    role.is_down = name.ends_with(".down.sql");
    role.has_rollback = beside(replaced(".up.sql", ".down.sql"));
  } else if (name == "migration.sql" && parent_digits >= 4) {
    role.tool = "prisma";
    role.has_rollback = beside(parts.directory + "down.sql");
  } else if (name.size() > 2 && (name[0] == 'V' || name[0] == 'U' || name[0] == 'R') && name.find("__") != std::string::npos &&
             (name[0] == 'R' || is_digit(name[1]))) {
    role.tool = "flyway";
    role.is_down = name[0] == 'U';
    role.has_rollback = beside(parts.directory + "U" + name.substr(1));
  } else if (parts.parent == "deploy" || parts.parent == "revert" || parts.parent == "verify") {
    const std::string root = parts.directory.substr(0, parts.directory.size() - parts.parent.size() - 1);
    if (!beside(root + "deploy/" + name) || !beside(root + "revert/" + name)) return;
    role.tool = "sqitch";
    role.is_down = parts.parent != "deploy";
    role.has_rollback = true;
  } else if (in_folder(path, "supabase/migrations") && digits >= 8) {
    role.tool = "supabase";
  } else {
    const bool series = in_folder(path, "migrations") || in_folder(path, "migration") || in_folder(path, "migrate") || in_folder(path, "updates");
    const bool named = name.ends_with("_down.sql") || name.ends_with("-down.sql") || name.ends_with(".rollback.sql");
    role.is_down = named && digits > 0;
    if (role.is_down || (series && (digits > 0 || parent_digits >= 8))) role.is_migration = true;
    return;
  }
  role.is_migration = true;
}

// A script that only removes things belongs to no history.
bool only_tears_down(const File& file, const SplitText& split) {
  bool drops = false;
  for (const auto& statement : split.statements) {
    const auto& first = split.tokens[statement.first_token];
    if (is_word(file.text, first, "create") || is_word(file.text, first, "insert")) return false;
    if (is_word(file.text, first, "drop") || is_word(file.text, first, "truncate")) drops = true;
    if (!is_word(file.text, first, "alter")) continue;
    bool removes = false;
    for (std::size_t i = statement.first_token; i < statement.last_token; ++i) {
      const auto& token = split.tokens[i];
      if (is_word(file.text, token, "add") || is_word(file.text, token, "rename") || is_word(file.text, token, "set")) return false;
      if (is_word(file.text, token, "drop")) removes = true;
    }
    drops = drops || removes;
  }
  return drops;
}

}  // namespace

FileRole role_of(const File& file, const SplitText& split, const std::set<std::string>& paths) {
  FileRole role;
  const bool no_transaction = read_marks(file, split, role);
  if (!role.tool.empty() && role.tool != "atlas") {
    role.is_migration = true;
    role.has_rollback = role.up_end != UINT32_MAX;
  } else {
    by_name(split_path(file.path), file.path, paths, role);
  }
  constexpr std::array<std::string_view, 9> kWrapping = {"goose",          "dbmate", "sql-migrate", "node-pg-migrate", "diesel", "flyway",
                                                         "golang-migrate", "prisma", "atlas"};
  role.in_transaction = !no_transaction && std::find(kWrapping.begin(), kWrapping.end(), role.tool) != kWrapping.end();
  // One statement alone is no transaction block, and Flyway runs what cannot stand in one without.
  const bool implicit = role.tool == "golang-migrate" || role.tool == "prisma" || role.tool == "flyway";
  if (implicit && split.statements.size() < 2) role.in_transaction = false;
  if (!role.is_migration) role.is_down = only_tears_down(file, split);
  return role;
}

bool natural_less(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::size_t left = leading_digits(a);
    const std::size_t right = leading_digits(b);
    if (left > 0 && right > 0) {
      std::string_view x = a.substr(0, left);
      std::string_view y = b.substr(0, right);
      while (x.size() > 1 && x.front() == '0') x.remove_prefix(1);
      while (y.size() > 1 && y.front() == '0') y.remove_prefix(1);
      if (x != y) return x.size() != y.size() ? x.size() < y.size() : x < y;
      a.remove_prefix(left);
      b.remove_prefix(right);
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

}  // namespace kingpost::foreign
