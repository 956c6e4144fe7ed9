#include <algorithm>
#include <cmath>

#include "kingpost/base/limits.hpp"
#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {
namespace {

double truth(bool value) { return value ? 1 : 0; }

double deployables(const Evidence& evidence) {
  return chooses(evidence, topology_ladder(), kServicesChoice) ? std::max(2.0, evidence.value("services")) : 1;
}

double postgres(const Evidence& evidence) { return truth(chooses(evidence, database_ladder(), kPostgresChoice)); }

double nodes(const Evidence& evidence) {
  if (evidence.value("postgres") < 1) return 1;
  const double spare = evidence.value("availability") > bound(Bound::kOneMachinePercent).value ? 2 : 1;
  return std::max(spare, std::ceil(evidence.value("requests") / bound(Bound::kNodeRequests).value));
}

/// Of the whole, what the busiest database gets.
double busiest_part(const Evidence& evidence) { return evidence.value("deployables") > 1 ? evidence.value("largest_service_share") / 100 : 1; }

double primary_rows(const Evidence& evidence) { return evidence.value("rows_written") * busiest_part(evidence); }
double primary_statements(const Evidence& evidence) { return evidence.value("statements") * busiest_part(evidence); }
double primary_reads(const Evidence& evidence) { return evidence.value("reads") * busiest_part(evidence); }

double pool(const Evidence& evidence) { return evidence.value("nodes") * static_cast<double>(Limits{}.postgres_connections); }

double brokered(const Evidence& evidence) { return truth(chooses(evidence, broker_ladder(), kBrokerChoice)); }
double replicas(const Evidence& evidence) { return truth(chooses(evidence, read_replicas_ladder(), kReplicasChoice)); }
double internal_calls(const Evidence& evidence) { return evidence.value("deployables") > 1 ? evidence.value("across") : 0; }

double count_cached(const Evidence& evidence, std::string_view where) {
  const auto& subjects = evidence.cache_subjects();
  return static_cast<double>(
      std::count_if(subjects.begin(), subjects.end(), [&](const CacheSubject& subject) { return chooses(evidence, cache_ladder(subject), where); }));
}
double cdn_queries(const Evidence& evidence) { return count_cached(evidence, kCdnCache); }
double redis_queries(const Evidence& evidence) { return count_cached(evidence, kRedisCache); }

constexpr DerivedRow kDerived[] = {
    {"deployables", "services deployed apart", "", "follows from decision 1", deployables},
    {"postgres", "the database is PostgreSQL", "flag", "follows from decision 2", postgres},
    {"nodes", "server nodes", "", "requests at peak ÷ what a node serves, two where one machine may not stop all; one over SQLite", nodes},
    {"primary_rows", "rows written by the busiest database at peak", "rows/s", "rows written, by the busiest service where services are split",
     primary_rows},
    {"primary_statements", "statements of the busiest database at peak", "statements/s",
     "statements, of the busiest service's part where services are split", primary_statements},
    {"primary_reads", "reads of the busiest database at peak", "reads/s", "reads, of the busiest service's part where services are split",
     primary_reads},
    {"pool", "connections to the database", "", "nodes × limit postgres_connections", pool},
    {"brokered", "a broker runs", "flag", "follows from decision 15", brokered},
    {"replicas", "read replicas run", "flag", "follows from decision 8", replicas},
    {"internal_calls", "calls between services at peak", "calls/s", "requests that read another service's data, where services are split",
     internal_calls},
    {"cdn_queries", "queries that a CDN answers", "", "follows from decision 20", cdn_queries},
    {"redis_queries", "queries that a shared cache answers", "", "follows from decision 20", redis_queries},
};

}  // namespace

const DerivedRow* find_derived(std::string_view key) noexcept {
  const auto* found = std::find_if(std::begin(kDerived), std::end(kDerived), [key](const DerivedRow& row) { return row.key == key; });
  return found == std::end(kDerived) ? nullptr : found;
}

}  // namespace kingpost::decide
