#include "kingpost/foreign/sql_tree.hpp"

#include <pg_query.h>
#include <simdjson.h>

#include <algorithm>

namespace kingpost::foreign {

const Node& Node::operator[](std::string_view member) const {
  static const Node kNothing;
  for (const auto& [name, value] : members_) {
    if (name == member) return value;
  }
  return kNothing;
}

std::string_view Node::type() const { return members_.empty() ? std::string_view() : std::string_view(members_.front().first); }

const Node& Node::body() const { return members_.empty() ? *this : members_.front().second; }

class TreeBuilder {
 public:
  static void build(simdjson::dom::element element, Node& node) {
    node.exists_ = true;
    simdjson::dom::object object;
    simdjson::dom::array list;
    std::string_view text;
    bool flag = false;
    if (element.get(object) == simdjson::SUCCESS) {
      for (const auto [key, value] : object) build(value, node.members_.emplace_back(std::string(key), Node()).second);
    } else if (element.get(list) == simdjson::SUCCESS) {
      for (const auto item : list) build(item, node.items_.emplace_back());
    } else if (element.get(text) == simdjson::SUCCESS) {
      node.text_ = text;
    } else if (element.get(flag) == simdjson::SUCCESS) {
      node.number_ = flag ? 1 : 0;
    } else if (element.get(node.number_) != simdjson::SUCCESS) {
      node.number_ = 0;
    }
  }
};

struct SqlParser::Json {
  simdjson::dom::parser parser;

  bool read(const char* text, Node& node) {
    simdjson::dom::element root;
    if (parser.parse(text, std::char_traits<char>::length(text)).get(root) != simdjson::SUCCESS) return false;
    TreeBuilder::build(root, node);
    return true;
  }
};

namespace {

// The parser counts characters from 1; columns count bytes.
std::uint32_t byte_offset(const std::string& text, int position) {
  std::size_t at = 0;
  for (int left = position - 1; left > 0 && at < text.size(); --left) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  }
  return static_cast<std::uint32_t>(std::min(at, text.size()));
}

Error refusal(std::string message, std::uint32_t offset) {
  Error error = make_error(ErrorKind::kInvalidArgument, "foreign-parse", std::move(message));
  error.span.column = offset;
  return error;
}

}  // namespace

SqlParser::SqlParser() : json_(std::make_unique<Json>()) {
  // A level of the tree takes three of its JSON. Without the memory the default depth holds, and deeper trees are refused.
  if (json_->parser.allocate(1U << 16U, 3 * kMaxDepth + 64) != simdjson::SUCCESS) json_ = std::make_unique<Json>();
}

// The library frees its memory when the thread ends; freed earlier, it would not start again.
SqlParser::~SqlParser() = default;

Result<Node> SqlParser::parse(const std::string& statement) {
  if (statement.size() > kMaxStatementBytes) return fail(refusal("the statement is longer than 1 MiB", 0));
  const PgQueryParseResult result = pg_query_parse(statement.c_str());
  if (result.error != nullptr) {
    Error error = refusal(result.error->message, byte_offset(statement, result.error->cursorpos));
    pg_query_free_parse_result(result);
    return fail(std::move(error));
  }
  Node root;
  const bool read = json_->read(result.parse_tree, root);
  pg_query_free_parse_result(result);
  if (!read) return fail(refusal("the statement is nested too deeply or is no UTF-8", 0));
  const auto& statements = root["stmts"].items();
  if (statements.empty()) return Node();
  return statements.front()["stmt"];
}

std::optional<Node> SqlParser::parse_plpgsql(const std::string& statement) {
  if (statement.size() > kMaxStatementBytes) return std::nullopt;
  const PgQueryPlpgsqlParseResult result = pg_query_parse_plpgsql(statement.c_str());
  Node root;
  const bool read = result.error == nullptr && result.plpgsql_funcs != nullptr && json_->read(result.plpgsql_funcs, root);
  pg_query_free_plpgsql_parse_result(result);
  if (!read) return std::nullopt;
  return root;
}

}  // namespace kingpost::foreign
