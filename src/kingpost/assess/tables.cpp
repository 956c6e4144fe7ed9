#include "kingpost/assess/tables.hpp"

#include <algorithm>
#include <array>

namespace kingpost::assess {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
/// Also a digit, and a byte of a letter beyond ASCII.
bool is_letter(char c) { return is_upper(c) || is_lower(c) || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U; }

}  // namespace

TableIndex::TableIndex(const std::vector<foreign::TableFact>& tables) {
  for (std::size_t at = 0; at < tables.size(); ++at) {
    exact_.emplace(tables[at].name, at);
    by_name_[tables[at].name.name].push_back(at);
  }
}

std::optional<std::size_t> TableIndex::find(const foreign::TableName& name) const {
  if (const auto exact = exact_.find(name); exact != exact_.end()) return exact->second;
  if (!name.schema.empty() && name.schema != "public") {
    const auto bare = exact_.find({{}, name.name});
    return bare == exact_.end() ? std::nullopt : std::optional(bare->second);
  }
  const auto same = exact_.find({name.schema.empty() ? "public" : "", name.name});
  if (same != exact_.end()) return same->second;
  const auto found = by_name_.find(name.name);
  if (found == by_name_.end() || found->second.size() != 1) return std::nullopt;
  return found->second.front();
}

std::vector<const foreign::TableFact*> parts_of(const foreign::SqlFacts& facts, const foreign::TableFact& whole) {
  std::vector<const foreign::TableFact*> parts;
  const std::string name = shown(whole.name);
  for (const auto& table : facts.tables) {
    if (!table.partition_of.name.empty() && shown(table.partition_of) == name) parts.push_back(&table);
  }
  return parts;
}

std::string shown(const foreign::TableName& name) {
  return name.schema.empty() || name.schema == "public" ? name.name : name.schema + "." + name.name;
}

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  bool fresh = true;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    if (!is_letter(c)) {
      fresh = true;
      continue;
    }
    const bool after_small = at > 0 && is_letter(name[at - 1]) && !is_upper(name[at - 1]);
    const bool ends_capitals = at > 0 && is_upper(name[at - 1]) && at + 1 < name.size() && is_lower(name[at + 1]);
    if (is_upper(c) && (after_small || ends_capitals)) fresh = true;
    if (fresh) words.emplace_back();
    words.back() += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    fresh = false;
  }
  return words;
}

std::string singular_of(std::string word) {
  if (word.size() > 4 && word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  for (const std::string_view ending : {"sses", "shes", "ches", "xes", "uses"}) {
    if (word.size() > ending.size() + 1 && word.ends_with(ending)) return word.substr(0, word.size() - 2);
  }
  const bool kept = word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") || word.ends_with("news");
  if (word.size() > 3 && word.back() == 's' && !kept) word.pop_back();
  return word;
}

bool is_stamp(std::string_view column) {
  static constexpr std::array<std::string_view, 20> kStamps = {"created_at",  "updated_at",   "deleted_at",    "inserted_at",  "modified_at",
                                                               "created",     "updated",      "modified",      "last_update",  "last_updated",
                                                               "create_date", "update_date",  "modified_date", "created_on",   "updated_on",
                                                               "date_added",  "lock_version", "version",       "discarded_at", "archived_at"};
  return std::find(kStamps.begin(), kStamps.end(), column) != kStamps.end();
}

}  // namespace kingpost::assess
