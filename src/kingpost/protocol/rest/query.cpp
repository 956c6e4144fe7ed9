#include "kingpost/protocol/rest/query.hpp"

#include <charconv>

#include "kingpost/base/text.hpp"
#include "kingpost/protocol/rest/cursor.hpp"
#include "kingpost/protocol/rest/scanner.hpp"

namespace kingpost::protocol::rest {

using request::ReadNode;
using request::SelectKind;

namespace {

/// The last part of a dotted key and the embeds before it; a dot inside quotes or after an arrow belongs to the name.
struct Key {
  std::vector<std::string> embeds;
  std::string last;
};

Key split_key(std::string_view key) {
  Key out;
  std::string part;
  bool quoted = false;
  bool in_path = false;
  for (std::size_t at = 0; at < key.size(); ++at) {
    const char byte = key[at];
    if (byte == '"') quoted = !quoted;
    if (!quoted && byte == '-' && at + 1 < key.size() && key[at + 1] == '>') in_path = true;
    if (byte == '.' && !quoted && !in_path) {
      out.embeds.push_back(std::move(part));
      part.clear();
    } else {
      part += byte;
    }
  }
  out.last = std::move(part);
  if (!out.embeds.empty() && out.embeds.back() == "not" && (out.last == "and" || out.last == "or")) {
    out.embeds.pop_back();
    out.last = "not." + out.last;
  }
  return out;
}

ReadNode* find_embed(ReadNode& node, std::string_view name) {
  for (request::SelectItem& item : node.select) {
    if (item.kind == SelectKind::kEmbed && (item.alias.empty() ? item.embed->name : item.alias) == name) return item.embed.get();
  }
  for (request::SelectItem& item : node.select) {
    if (item.kind == SelectKind::kEmbed && item.embed->name == name) return item.embed.get();
  }
  return nullptr;
}

Result<ReadNode*> descend(ReadNode& root, const std::vector<std::string>& embeds) {
  ReadNode* node = &root;
  for (const std::string& name : embeds) {
    ReadNode* child = find_embed(*node, name);
    if (child == nullptr) {
      Error error = make_error(ErrorKind::kInvalidArgument, "PGRST108", "'" + name + "' is not an embedded resource in this request");
      error.hint = "Verify that '" + name + "' is included in the 'select' query parameter.";
      return fail(std::move(error));
    }
    node = child;
  }
  return node;
}

Result<std::uint64_t> parse_count(std::string_view text, std::string_view name) {
  std::uint64_t value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || stop != text.data() + text.size() || value > (1ULL << 53)) {
    return fail(ErrorKind::kInvalidArgument, "PGRST100", std::string(name) + " must be a whole number that is not negative");
  }
  return value;
}

Result<std::vector<std::string>> parse_names(std::string_view text) {
  std::vector<std::string> out;
  Scanner scanner(text);
  do {
    auto name = scanner.name();
    if (!name) return fail(std::move(name.error()));
    out.push_back(std::move(*name));
    scanner.skip_blanks();
    if (out.size() > 500) return fail(ErrorKind::kInvalidArgument, "kp-limit-select-nodes", "too many names in a list");
  } while (scanner.take(","));
  if (!scanner.done()) return fail(scanner.error("',' or the end"));
  return out;
}

void add_condition(ReadNode& node, request::Filter filter) {
  if (!node.where) node.where.emplace();
  node.where->children.push_back(std::move(filter));
}

/// `rel=is.null` on an embed's name is a join condition, not a column's.
void mark_embed_tests(ReadNode& level, request::Filter& filter) {
  for (request::Filter& child : filter.children) mark_embed_tests(level, child);
  if (filter.kind == request::FilterKind::kCompare && filter.path.steps.empty() && find_embed(level, filter.path.column) != nullptr) {
    filter.kind = request::FilterKind::kEmbedNull;
  }
}

Result<void> read_filter(const Key& key, std::string_view value, const Limits& limits, request::Request& request) {
  auto node = descend(request.root, key.embeds);
  if (!node) return fail(std::move(node.error()));
  auto path = parse_path(key.last);
  if (!path) return fail(std::move(path.error()));
  auto filter = parse_filter(std::move(*path), value, limits, request);
  if (!filter) return fail(std::move(filter.error()));
  mark_embed_tests(**node, *filter);
  add_condition(**node, std::move(*filter));
  if (static_cast<std::int64_t>((*node)->where->children.size()) > limits.filter_nodes) {
    return fail(ErrorKind::kInvalidArgument, "kp-limit-filter-nodes", "the request has too many conditions");
  }
  return {};
}

/// order, limit, offset, and, or — on the root or, dotted, on an embed. False: not such a key.
Result<bool> read_level_key(const Key& key, std::string_view value, const Limits& limits, request::Request& request) {
  const std::string_view last = key.last;
  const bool tree = last == "and" || last == "or" || last == "not.and" || last == "not.or";
  if (!tree && last != "order" && last != "limit" && last != "offset") return false;
  auto node = descend(request.root, key.embeds);
  if (!node) return fail(std::move(node.error()));
  if (tree) {
    auto filter = parse_tree(last.ends_with("or"), last.starts_with("not."), value, limits, request);
    if (!filter) return fail(std::move(filter.error()));
    mark_embed_tests(**node, *filter);
    add_condition(**node, std::move(*filter));
  } else if (last == "order") {
    auto order = parse_order(value);
    if (!order) return fail(std::move(order.error()));
    (*node)->order = std::move(*order);
  } else {
    auto count = parse_count(value, last);
    if (!count) return fail(std::move(count.error()));
    (last == "limit" ? (*node)->limit : (*node)->offset) = *count;
  }
  return true;
}

Result<void> read_param(const std::string& name, const std::string& value, const Limits& limits, request::Request& request) {
  if (name == "columns" || name == "on_conflict") {
    auto names = parse_names(value);
    if (!names) return fail(std::move(names.error()));
    (name == "columns" ? request.columns : request.on_conflict) = std::move(*names);
    if (name == "columns") request.has_columns = true;
    return {};
  }
  if (name == "cursor") {
    auto cursor = decode_cursor(value);
    if (!cursor) return fail(std::move(cursor.error()));
    request.cursor = std::move(*cursor);
    request.has_cursor = true;
    return {};
  }
  const Key key = split_key(name);
  auto level = read_level_key(key, value, limits, request);
  if (!level) return fail(std::move(level.error()));
  if (*level) return {};
  return read_filter(key, value, limits, request);
}

}  // namespace

Result<QueryParams> split_query(std::string_view query) {
  QueryParams out;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), PlusSign::kBlank);
    auto value = equals == std::string_view::npos ? std::string{} : percent_decode(pair.substr(equals + 1), PlusSign::kBlank);
    if (!name || !value || !valid_utf8(*name) || !valid_utf8(*value)) {
      return fail(ErrorKind::kInvalidArgument, "PGRST100", "the query string is not valid percent-encoded UTF-8");
    }
    if (value->find('\0') != std::string::npos) return fail(ErrorKind::kInvalidArgument, "22021", "U+0000 is not allowed in text");
    out.emplace_back(std::move(*name), std::move(*value));
    if (out.size() > 200) return fail(ErrorKind::kInvalidArgument, "kp-limit-filter-nodes", "the request has too many query parameters");
  }
  return out;
}

Result<void> parse_query(const QueryParams& params, const Limits& limits, request::Request& request) {
  for (const auto& [name, value] : params) {
    if (name != "select") continue;
    auto items = parse_select(value, limits);
    if (!items) return fail(std::move(items.error()));
    request.root.select = std::move(*items);
  }
  for (const auto& [name, value] : params) {
    if (name == "select") continue;
    if (auto read = read_param(name, value, limits, request); !read) return read;
  }
  return {};
}

}  // namespace kingpost::protocol::rest
