#include "kingpost/decide/decide.hpp"

#include <algorithm>

#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {
namespace {

using Ask = void (*)(const Evidence&, Ladders&);

constexpr KindRow kKinds[] = {
    {1, "topology", "Monolith or services", "Is the system deployed as one process or as services with databases of their own?", "system", ""},
    {2, "database", "Database", "Which database runs the system?", "system", "topology"},
    {3, "store", "Store of each entity", "Which kind of store suits each entity?", "entity", "database"},
    {4, "keys", "Keys", "What identifies a record?", "entity", "id-exposure"},
    {5, "id-exposure", "Ids in addresses", "May clients see the keys?", "system", "keys"},
    {6, "sharding", "Sharding", "Is data divided among primaries, and by what?", "system", "topology database"},
    {7, "partitioning", "Partitions by time", "Are large tables divided by time?", "entity", "database"},
    {8, "read-replicas", "Read replicas", "Are reads answered by copies of the database?", "system", "database consistency"},
    {9, "availability", "High availability of the database", "What happens when the database's machine fails?", "system", "database backup"},
    {10, "regions", "Regions", "Does the system survive the loss of a region?", "system", "availability"},
    {11, "backup", "Backup", "How much may be lost, and how is it restored?", "system", "availability"},
    {12, "pooling", "Connection pooling", "Do connections need a pooler?", "system", "database"},
    {13, "communication", "Synchronous or asynchronous", "Does the caller wait?", "operation", "delivery"},
    {14, "delivery", "Delivery of events", "How do events leave a transaction?", "system", "broker"},
    {15, "broker", "Broker", "Is a message broker needed?", "system", "delivery topology"},
    {16, "broker-class", "Kind of broker", "Which class of broker fits?", "system", "broker"},
    {17, "isolation", "Isolation of commands", "Which isolation keeps the command's conditions true under concurrency?", "operation", "database"},
    {18, "consistency", "Consistency of reads", "Whose state do readers of each entity see, in a partition and without (CAP, PACELC)?", "entity",
     "read-replicas"},
    {19, "idempotency", "Idempotency", "What does a repeated call do?", "operation", "communication"},
    {20, "cache", "Caching", "Where is the answer of each query kept?", "query", "shared-cache cdn"},
    {21, "shared-cache", "Shared cache", "Is a cache needed that all nodes share?", "system", "cache"},
    {22, "cdn", "CDN", "Does a content delivery network stand before the API?", "system", "cache"},
    {23, "search", "Search", "Does the database search texts, or an engine of its own?", "system", "store"},
    {24, "tenancy", "Isolation of tenants", "How far apart are tenants?", "system", "database sharding"},
    {25, "api-style", "API styles", "Which APIs do clients get?", "system", "internal-api"},
    {26, "internal-api", "Calls between services", "How do services call each other?", "system", "topology"},
    {27, "pagination", "Pagination", "How are long lists read?", "system", ""},
    {28, "authentication", "Authentication", "How does the server know the caller?", "system", "topology"},
    {29, "audit", "Audit", "Who can prove who changed what?", "system", ""},
    {30, "gateway", "Gateway", "What stands before the servers?", "system", "topology"},
    {31, "mesh", "Service mesh", "Do services need a mesh?", "system", "topology"},
    {32, "serverless", "Serverless", "Do functions instead of servers pay?", "system", "database"},
};

constexpr Ask kAsks[] = {
    ask_topology,     ask_database,     ask_store,       ask_keys,           ask_id_exposure,   ask_sharding, ask_partitioning, ask_read_replicas,
    ask_availability, ask_regions,      ask_backup,      ask_pooling,        ask_communication, ask_delivery, ask_broker,       ask_broker_class,
    ask_isolation,    ask_consistency,  ask_idempotency, ask_cache,          ask_shared_cache,  ask_cdn,      ask_search,       ask_tenancy,
    ask_api_style,    ask_internal_api, ask_pagination,  ask_authentication, ask_audit,         ask_gateway,  ask_mesh,         ask_serverless,
};
static_assert(std::size(kKinds) == std::size(kAsks));

/// A model that declares services which no figure asks for is told so.
void judge_declared(const Evidence& evidence, Decision& decision) {
  if (decision.kind != "topology" || decision.status != Status::kDeclared) return;
  Evidence without = evidence;
  without.pin("services_declared", 0);
  if (chooses(without, topology_ladder(), kServicesChoice)) return;
  decision.status = Status::kAgainst;
  decision.reasons.emplace_back("No figure asks for it: without that line the answer would be a modular monolith.");
}

}  // namespace

std::span<const KindRow> kinds() noexcept { return kKinds; }

const KindRow* find_kind(std::string_view id) noexcept {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds), [id](const KindRow& row) { return row.id == id; });
  return found == std::end(kKinds) ? nullptr : found;
}

std::string choice_of(const Evidence& evidence, std::string_view kind, std::string_view scope) {
  const KindRow* row = find_kind(kind);
  if (row == nullptr) return {};
  Ladders ladders;
  kAsks[row - kKinds](evidence, ladders);
  const auto found = std::find_if(ladders.begin(), ladders.end(), [scope](const Ladder& ladder) { return ladder.scope == scope; });
  return found == ladders.end() ? std::string() : found->options[choose(evidence, *found)].choice;
}

std::vector<Flip> find_flips(const Evidence& now, const Evidence& later) {
  std::vector<Flip> out;
  for (const Ask ask : kAsks) {
    Ladders ladders;
    ask(now, ladders);
    for (const Ladder& ladder : ladders) {
      const Option& before = ladder.options[choose(now, ladder)];
      const Option& after = ladder.options[choose(later, ladder)];
      if (before.choice == after.choice) continue;
      Flip flip{ladder.kind, ladder.scope, before.choice, after.choice, {}};
      for (const Option& option : ladder.options) {
        if (option.choice != before.choice && option.choice != after.choice) continue;
        for (const Condition& condition : option.all) {
          if (holds(now, condition) == holds(later, condition)) continue;
          const auto known = [&](const Crossed& other) { return other.figure == condition.figure && other.bound == condition.bound; };
          if (std::any_of(flip.crossed.begin(), flip.crossed.end(), known)) continue;
          flip.crossed.push_back({condition.figure, condition.bound, now.value(condition.figure), later.value(condition.figure)});
        }
      }
      out.push_back(std::move(flip));
    }
  }
  return out;
}

std::vector<Decision> decide(const Evidence& evidence) {
  Evidence moved = evidence;
  std::vector<Decision> out;
  for (std::size_t at = 0; at < std::size(kKinds); ++at) {
    Ladders ladders;
    kAsks[at](evidence, ladders);
    for (const Ladder& ladder : ladders) {
      out.push_back(resolve(moved, ladder));
      judge_declared(evidence, out.back());
    }
  }
  return out;
}

}  // namespace kingpost::decide
