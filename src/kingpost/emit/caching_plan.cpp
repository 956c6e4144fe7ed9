#include "kingpost/emit/caching_plan.hpp"

#include <fmt/format.h>

#include "kingpost/emit/json_writer.hpp"
#include "kingpost/emit/markdown.hpp"

namespace kingpost::emit {

std::string_view caching_plan_note() noexcept {
  return "Hit rates are assumed: four fifths of the look-ups ask for a fifth of the records, lists have as many answers as their filters have "
         "values, "
         "and each answer is missed once in its time. Whatever depends on the caller is private. This version of the server sends an ETag and "
         "`private, no-cache` with every read and keeps no answers itself: the rest of the plan is for a proxy, a CDN or a later version.";
}

std::string print_caching_plan_markdown(const DecisionSet& set) {
  std::string out = fmt::format("# Caching plan of {}\n\n{}\n\n", markdown_text(set.evidence.system().name), caching_plan_note());
  out +=
      "| Query | Where | Shared by | Time kept | Cache-Control | Vary | Reads at peak | Hit rate (assumed) | Saved |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const decide::CacheLine& line : set.caches) {
    out += fmt::format("| {} | {} | {} | {} | `{}` | {} | {} ({}) | {} | {} |\n", markdown_code(line.query), line.where,
                       decide::sharing_name(line.sharing), line.ttl_s > 0 ? decide::amount_text(line.ttl_s, "s") : "–", line.cache_control, line.vary,
                       decide::amount_text(line.reads.value, line.reads.unit), decide::basis_name(line.reads),
                       line.hit_percent > 0 ? decide::amount_text(line.hit_percent, "%") : "–",
                       line.saved_per_second > 0 ? decide::amount_text(line.saved_per_second, "reads/s") : "–");
  }
  for (const decide::CacheLine& line : set.caches) {
    out += fmt::format("\n## {}: {}\n\n{}\n", markdown_code(line.query), line.where, markdown_text(line.verdict));
    if (!line.key.empty()) out += fmt::format("\n- Key: {}\n", markdown_code(line.key));
    if (!line.cdn_cache_control.empty()) out += fmt::format("\n- CDN-Cache-Control: `{}`\n", line.cdn_cache_control);
    if (line.invalidated_by.empty()) continue;
    out += line.key.empty() ? "\n- Changed by: " : "- Dropped after: ";
    for (std::size_t at = 0; at < line.invalidated_by.size(); ++at) out += (at == 0 ? "" : ", ") + markdown_code(line.invalidated_by[at]);
    out += '\n';
  }
  return out;
}

std::string print_caching_plan_json(const DecisionSet& set) {
  JsonWriter json;
  json.begin_object().member("system", set.evidence.system().name);
  json.key("factor").raw(fmt::format("{:g}", set.evidence.factor()));
  json.member("note", caching_plan_note()).key("queries").begin_array();
  for (const decide::CacheLine& line : set.caches) {
    json.begin_object().member("query", line.query).member("where", line.where).member("sharedBy", decide::sharing_name(line.sharing));
    if (!line.key.empty()) json.member("key", line.key);
    json.key("ttlSeconds").raw(fmt::format("{:g}", line.ttl_s));
    json.key("invalidatedBy").begin_array();
    for (const std::string& one : line.invalidated_by) json.text(one);
    json.end_array().key("headers").begin_object().member("Cache-Control", line.cache_control);
    if (!line.cdn_cache_control.empty()) json.member("CDN-Cache-Control", line.cdn_cache_control);
    json.member("Vary", line.vary).member("ETag", "the record's version, or a hash of the answer").end_object();
    json.key("readsPerSecond").begin_object().key("value").raw(fmt::format("{:g}", line.reads.value));
    json.member("basis", decide::basis_name(line.reads)).member("source", line.reads.source).end_object();
    json.key("differentAnswers").raw(fmt::format("{:.0f}", line.different_answers));
    json.key("hitPercentAssumed").raw(fmt::format("{:.1f}", line.hit_percent));
    json.key("savedReadsPerSecond").raw(fmt::format("{:.6g}", line.saved_per_second)).member("verdict", line.verdict).end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace kingpost::emit
