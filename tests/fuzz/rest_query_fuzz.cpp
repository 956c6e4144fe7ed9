#include "kingpost/protocol/rest/query.hpp"
#include "require.hpp"

namespace {

using kingpost::Limits;
using kingpost::request::Filter;
using kingpost::request::FilterKind;
using kingpost::request::FilterOp;
using kingpost::request::Quantifier;
using kingpost::request::ReadNode;
using kingpost::request::Request;
using kingpost::request::SelectItem;
using kingpost::request::SelectKind;

// Small, so that short inputs reach every bound.
Limits small_limits() {
  Limits limits;
  limits.filter_nodes = 24;
  limits.filter_depth = 6;
  limits.select_nodes = 24;
  limits.embed_depth = 4;
  limits.embed_count = 6;
  limits.in_list_values = 12;
  return limits;
}

struct Counted {
  std::int64_t selects = 0;
  std::int64_t embeds = 0;
};

void check_filter(const Filter& filter, const Request& request, const Limits& limits, int depth) {
  // One more for the level's own conjunction.
  require(depth <= limits.filter_depth + 1);
  for (const Filter& child : filter.children) check_filter(child, request, limits, depth + 1);
  if (filter.kind != FilterKind::kCompare) return;
  const bool takes_list = filter.op == FilterOp::kIn || filter.quantifier != Quantifier::kNone;
  const bool takes_nothing = filter.op >= FilterOp::kIsNull && filter.op <= FilterOp::kIsUnknown;
  if (!takes_nothing) require(filter.value.index < (takes_list ? request.lists.size() : request.values.size()));
}

void check_node(const ReadNode& node, const Request& request, const Limits& limits, int depth, Counted& counted) {
  require(depth <= limits.embed_depth);
  if (node.where) check_filter(*node.where, request, limits, 0);
  for (const SelectItem& item : node.select) {
    ++counted.selects;
    require((item.kind == SelectKind::kEmbed) == (item.embed != nullptr));
    if (item.kind == SelectKind::kEmbed) {
      ++counted.embeds;
      check_node(*item.embed, request, limits, depth + 1, counted);
    }
  }
}

}  // namespace

// A query string is refused with a code, or becomes a request within the bounds whose slots all exist; twice the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string query = input_text(data, size);
  const Limits limits = small_limits();
  const auto params = kingpost::protocol::rest::split_query(query);
  if (!params) {
    require(!params.error().code.empty());
    return 0;
  }
  Request request;
  const auto parsed = kingpost::protocol::rest::parse_query(*params, limits, request);
  if (!parsed) {
    require(!parsed.error().code.empty());
    return 0;
  }
  Counted counted;
  check_node(request.root, request, limits, 0, counted);
  require(counted.selects <= limits.select_nodes && counted.embeds <= limits.embed_count);
  for (const auto& list : request.lists) require(static_cast<std::int64_t>(list.size()) <= limits.in_list_values);
  Request again;
  require(kingpost::protocol::rest::parse_query(*params, limits, again).has_value());
  require(kingpost::request::shape_of(request) == kingpost::request::shape_of(again));
  return 0;
}
