#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/base/result.hpp"

namespace kingpost::foreign {

/// A node of PostgreSQL's parse tree, as its JSON form has it: `{"CreateStmt": {…}}` is a node with one member. Members that are absent read as
/// nothing, which is also how the tree writes zero, false and the empty string.
class Node {
 public:
  [[nodiscard]] const Node& operator[](std::string_view member) const;
  /// The name of the only member: the type of a node in a list.
  [[nodiscard]] std::string_view type() const;
  /// What stands under `type()`.
  [[nodiscard]] const Node& body() const;
  [[nodiscard]] bool exists() const noexcept { return exists_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::int64_t number() const noexcept { return number_; }
  [[nodiscard]] bool flag() const noexcept { return number_ != 0; }
  [[nodiscard]] bool is(std::string_view text) const noexcept { return text_ == text; }
  [[nodiscard]] const std::vector<Node>& items() const noexcept { return items_; }
  [[nodiscard]] const std::vector<std::pair<std::string, Node>>& members() const noexcept { return members_; }
  [[nodiscard]] std::uint32_t location() const { return static_cast<std::uint32_t>((*this)["location"].number()); }

 private:
  friend class TreeBuilder;
  bool exists_ = false;
  std::int64_t number_ = 0;
  std::string text_;
  std::vector<Node> items_;
  std::vector<std::pair<std::string, Node>> members_;
};

/// PostgreSQL 15's own parser (libpg-query). One parser a thread at a time.
class SqlParser {
 public:
  static constexpr std::size_t kMaxStatementBytes = 1U << 20U;
  /// Trees nest no deeper: the parser prints them by recursion.
  static constexpr std::size_t kMaxDepth = 1000;

  SqlParser();
  ~SqlParser();
  SqlParser(const SqlParser&) = delete;
  SqlParser& operator=(const SqlParser&) = delete;

  /// The tree of one statement: `type()` is `CreateStmt`, `SelectStmt` …; nothing where the text holds none. Errors: `foreign-parse`, with the byte
  /// offset in `span.column` (from 0). The caller bounds nesting (`kMaxDepth`) before.
  [[nodiscard]] Result<Node> parse(const std::string& statement);
  /// The tree of a PL/pgSQL body, given the whole CREATE FUNCTION or DO statement; nothing when it cannot be read.
  [[nodiscard]] std::optional<Node> parse_plpgsql(const std::string& statement);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace kingpost::foreign
