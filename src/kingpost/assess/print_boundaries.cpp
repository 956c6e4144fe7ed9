#include <fmt/format.h>

#include <string>

#include "kingpost/assess/boundaries.hpp"
#include "kingpost/assess/markdown.hpp"
#include "kingpost/emit/json_writer.hpp"

namespace kingpost::assess {
namespace {

using emit::JsonWriter;

std::int64_t number(std::size_t value) { return static_cast<std::int64_t>(value); }

void list(JsonWriter& out, std::string_view key, const std::vector<std::string>& texts) {
  out.key(key).begin_array();
  for (const auto& text : texts) out.text(text);
  out.end_array();
}

void services_of(JsonWriter& out, std::string_view key, const Boundaries& boundaries, const std::vector<std::size_t>& services) {
  out.key(key).begin_array();
  for (const std::size_t at : services) out.text(boundaries.services[at].name);
  out.end_array();
}

void print_service(JsonWriter& out, const Service& service) {
  out.begin_object().member("name", service.name).member("extract", service.extract).member("core", service.core).member("reason", service.reason);
  out.member("innerForeignKeys", number(service.inner_keys)).member("cutForeignKeysIn", number(service.cut_in));
  out.member("rootForeignKeys", number(service.root_keys))
      .member("cutForeignKeysOut", number(service.cut_out))
      .member("splitTransactions", number(service.split_transactions));
  list(out, "tables", service.tables);
  list(out, "referenceTables", service.references);
  list(out, "operations", service.operations);
  out.end_object();
}

void print_cut(JsonWriter& out, const Boundaries& boundaries, const CutKey& cut) {
  out.begin_object().member("constraint", cut.constraint).member("fromTable", cut.from_table);
  list(out, "columns", cut.columns);
  out.member("toTable", cut.to_table).member("fromService", boundaries.services[cut.from_service].name);
  out.member("toService", boundaries.services[cut.to_service].name).member("required", cut.required).member("cascades", cut.cascades);
  out.member("toRoot", cut.root);
  out.member("replacedBy", cut.replacement).end_object();
}

constexpr std::size_t kMostNames = 12;
constexpr std::size_t kMostCutsShown = 200;

void print_services(std::string& out, const Boundaries& boundaries) {
  out += fmt::format("## {}\n\n| {} | tables | reference tables | keys inside | cut in | cut out | split transactions | verdict |\n",
                     boundaries.keep_one ? "Modules inside the one service" : "Proposed services", boundaries.keep_one ? "module" : "service");
  out += "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |\n";
  for (const Service& one : boundaries.services) {
    const auto verdict = one.core ? "core" : one.extract ? "can be taken out" : "do not split";
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {}. {} |\n", code(one.name), code_list(one.tables, kMostNames),
                       code_list(one.references, kMostNames), one.inner_keys, one.cut_in, one.cut_out, one.split_transactions, verdict,
                       plain(one.reason));
  }
  out += '\n';
}

void print_cuts(std::string& out, const Boundaries& boundaries) {
  if (boundaries.cuts.empty()) return;
  out += fmt::format(
      "## Foreign keys that the lines cut\n\n{} of {}. Inside one database they stay as they are; across services each needs what stands beside "
      "it.\n\n",
      boundaries.cuts.size(), boundaries.keys);
  out += "| foreign key | from | to | replaced by |\n| --- | --- | --- | --- |\n";
  for (std::size_t at = 0; at < boundaries.cuts.size() && at < kMostCutsShown; ++at) {
    const CutKey& cut = boundaries.cuts[at];
    out +=
        fmt::format("| {} | {} ({}) | {} ({}) | {} |\n", code(cut.constraint), code(cut.from_table), code(boundaries.services[cut.from_service].name),
                    code(cut.to_table), code(boundaries.services[cut.to_service].name), plain(cut.replacement));
  }
  if (boundaries.cuts.size() > kMostCutsShown) out += fmt::format("\n{} more stand in `boundaries.json`.\n", boundaries.cuts.size() - kMostCutsShown);
  out += '\n';
}

}  // namespace

std::string print_boundaries_json(const Boundaries& boundaries) {
  JsonWriter out;
  write_boundaries(out, boundaries);
  return out.take();
}

void write_boundaries(JsonWriter& out, const Boundaries& boundaries) {
  out.begin_object().member("keepOneService", boundaries.keep_one);
  list(out, "reasons", boundaries.reasons);
  out.member("businessTables", number(boundaries.tables)).member("foreignKeys", number(boundaries.keys));
  out.member("impliedReferences", number(boundaries.implied)).member("impliedReferencesCut", number(boundaries.implied_cut));
  list(out, "rootTables", boundaries.roots);
  out.key("modularity").raw(fmt::format("{:.4f}", boundaries.modularity));
  out.key("services").begin_array();
  for (const Service& service : boundaries.services) print_service(out, service);
  out.end_array().key("cutForeignKeys").begin_array();
  for (const CutKey& cut : boundaries.cuts) print_cut(out, boundaries, cut);
  out.end_array().key("splitTransactions").begin_array();
  for (const SplitTransaction& split : boundaries.splits) {
    out.begin_object().member("routine", split.routine);
    list(out, "tables", split.tables);
    services_of(out, "services", boundaries, split.services);
    out.end_object();
  }
  out.end_array().key("referenceTables").begin_array();
  for (const ReferenceTable& one : boundaries.references) {
    out.begin_object().member("table", one.table).member("owner", boundaries.services[one.owner].name);
    services_of(out, "readers", boundaries, one.readers);
    out.end_object();
  }
  out.end_array();
  list(out, "untiedTables", boundaries.apart);
  out.end_object();
}

std::string print_boundaries_markdown(const Boundaries& boundaries) {
  std::string out = "# Service boundaries\n\n";
  out += boundaries.keep_one ? "**Keep one service.**\n\n" : "**Parting is possible.** Whether it is worth it depends on what files do not tell.\n\n";
  for (const auto& reason : boundaries.reasons) out += "- " + plain(reason) + "\n";
  out += "\nCounts are of the files read. Thresholds and the weights of ties are judgement (assumed), not measurement.\n\n";
  if (!boundaries.services.empty()) print_services(out, boundaries);
  print_cuts(out, boundaries);
  if (!boundaries.splits.empty()) {
    out +=
        "## Transactions that the lines tear apart\n\nEach becomes a local transaction and a message, or a saga with compensations; or its tables "
        "stay together.\n\n";
    for (const SplitTransaction& split : boundaries.splits) {
      out += fmt::format("- {} writes {}: ", code(split.routine), code_list(split.tables, kMostNames));
      for (std::size_t at = 0; at < split.services.size(); ++at) out += (at == 0 ? "" : ", ") + code(boundaries.services[split.services[at]].name);
      out += "\n";
    }
    out += '\n';
  }
  if (!boundaries.references.empty()) {
    out += "## Reference data\n\nRead by several, changed seldom: one owner, copies elsewhere.\n\n| table | owner | readers |\n| --- | --- | --- |\n";
    for (const ReferenceTable& one : boundaries.references) {
      std::vector<std::string> readers;
      for (const std::size_t at : one.readers) readers.push_back(boundaries.services[at].name);
      out += fmt::format("| {} | {} | {} |\n", code(one.table), code(boundaries.services[one.owner].name), code_list(readers, kMostNames));
    }
    out += '\n';
  }
  if (!boundaries.apart.empty()) {
    out += fmt::format("## Tied to nothing\n\nNo foreign key, routine or name ties these to the rest; somebody who knows must place them: {}.\n",
                       code_list(boundaries.apart, 60));
  }
  return out;
}

}  // namespace kingpost::assess
