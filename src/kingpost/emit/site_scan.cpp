#include "kingpost/emit/site_scan.hpp"

#include <array>

#include "kingpost/emit/json_writer.hpp"

namespace kingpost::emit {

namespace {

/// The value of an attribute within a tag; empty when absent. Values hold no bare quote: all were escaped.
std::string_view attribute(std::string_view tag, std::string_view name) {
  const std::size_t at = tag.find(name);
  if (at == std::string_view::npos) return {};
  const std::size_t start = at + name.size();
  return tag.substr(start, tag.find('"', start) - start);
}

/// What escape_html() wrote, as it was.
std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kEntities = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    bool entity = false;
    for (const auto& [written, byte] : kEntities) {
      if (!text.substr(at).starts_with(written)) continue;
      out += byte;
      at += written.size();
      entity = true;
      break;
    }
    if (!entity) out += text[at++];
  }
  return out;
}

}  // namespace

std::vector<Found> scan_findable(std::string_view html) {
  constexpr std::string_view kKind = " data-kind=\"";
  std::vector<Found> out;
  for (std::size_t at = html.find(kKind); at != std::string_view::npos; at = html.find(kKind, at + 1)) {
    const std::size_t start = html.rfind('<', at);
    const std::size_t end = html.find('>', at);
    if (start == std::string_view::npos || end == std::string_view::npos) break;
    const std::string_view tag = html.substr(start, end - start);
    const Found one{attribute(tag, " id=\""), attribute(tag, kKind), attribute(tag, " data-name=\""), tag.starts_with("<article "),
                    tag.starts_with("<figure ")};
    if (!one.id.empty()) out.push_back(one);
  }
  return out;
}

std::vector<std::string_view> scan_ids(std::string_view html) {
  constexpr std::string_view kId = " id=\"";
  std::vector<std::string_view> out;
  for (std::size_t at = html.find(kId); at != std::string_view::npos; at = html.find(kId, at + 1)) {
    out.push_back(html.substr(at + kId.size(), html.find('"', at + kId.size()) - at - kId.size()));
  }
  return out;
}

void resolve_links(std::string& out, std::string_view html, std::string_view own, const std::map<std::string_view, std::string>& homes) {
  constexpr std::string_view kLink = " href=\"#";
  std::size_t done = 0;
  for (std::size_t at = html.find(kLink); at != std::string_view::npos; at = html.find(kLink, done)) {
    const std::size_t hash = at + kLink.size() - 1;
    const std::string_view id = html.substr(hash + 1, html.find('"', hash) - hash - 1);
    out += html.substr(done, hash - done);
    const auto home = homes.find(id);
    if (home != homes.end() && home->second != own) out += home->second;
    done = hash;
  }
  out += html.substr(done);
}

std::string print_search_index(const std::vector<std::pair<std::string, const Found*>>& index) {
  JsonWriter json;
  json.begin_array();
  for (const auto& [page, one] : index) {
    json.text(unescaped(one->kind)).text(unescaped(one->name)).text(page + "#" + std::string(one->id));
  }
  json.end_array();
  return "var kingpost_search = " + json.take();
}

}  // namespace kingpost::emit
