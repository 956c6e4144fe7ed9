#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kingpost::emit {

/// An element of a page that the search finds. Texts are as in the page, escaped, and borrowed from it.
struct Found {
  std::string_view id;
  std::string_view kind;
  std::string_view name;
  bool article = false;
  bool figure = false;
};

/// Elements with `id`, `data-kind` and `data-name`, in the order of the page. Reads what Page and findable() wrote, not any HTML.
[[nodiscard]] std::vector<Found> scan_findable(std::string_view html);
/// Every id.
[[nodiscard]] std::vector<std::string_view> scan_ids(std::string_view html);
/// Appends `html` with every `href="#id"` whose id has its home on another page led there.
void resolve_links(std::string& out, std::string_view html, std::string_view own, const std::map<std::string_view, std::string>& homes);
/// A script that sets `kingpost_search` to rows of kind, name and address.
[[nodiscard]] std::string print_search_index(const std::vector<std::pair<std::string, const Found*>>& index);

}  // namespace kingpost::emit
