#include "kingpost/decide/bounds.hpp"

namespace kingpost::decide {
namespace {

using capacity::Basis;

constexpr double kKib = 1024;
constexpr double kMib = kKib * 1024;
constexpr double kGib = kMib * 1024;

constexpr BoundRow kBounds[] = {
    {Bound::kOne, "one", 1, "", Basis::kDeclared, "by definition: there is one or there is none"},
    {Bound::kTwo, "two", 2, "", Basis::kDeclared, "by definition: one cannot be divided"},
    {Bound::kNodeRequests, "node-requests", 8'900, "/s", Basis::kMeasured,
     "list of 20 over PostgreSQL 10.6k/s a core (ceiling prototype) × 0.84 (bench/baselines, list20) × 2 cores × ½ held in reserve"},
    {Bound::kPrimaryRows, "primary-rows", 5'200, "rows/s", Basis::kMeasured,
     "INSERT of one row a transaction, 64 connections, 2 cores: 10.4k/s (ceiling prototype) × ½ held in reserve; rows that share a transaction cost "
     "less"},
    {Bound::kPrimaryStatements, "primary-statements", 10'600, "statements/s", Basis::kMeasured,
     "list of 20 with a join over two PostgreSQL connections 10.6k/s (ceiling prototype), the slowest of the three shapes measured"},
    {Bound::kSqliteRows, "sqlite-rows", 2'000, "rows/s", Basis::kAssumed,
     "one writer: groups of at most 64 requests (limit write_group) × 60 flushes a second of a plain disk × ½ held in reserve"},
    {Bound::kSqliteBytes, "sqlite-bytes", 100 * kGib, "B", Basis::kAssumed,
     "the file is restored as a whole: 100 GiB at 100 MiB/s are 17 minutes; SQLite's own limit is 281 TB"},
    {Bound::kOneMachinePercent, "one-machine", 99.9, "%", Basis::kAssumed,
     "99.9 % leaves 43 minutes a month: one machine replaced by hand from a copy"},
    {Bound::kFailoverPercent, "failover", 99.95, "%", Basis::kAssumed,
     "99.95 % leaves 22 minutes a month: a failover that a person starts; above it must start itself"},
    {Bound::kRegionPercent, "region", 99.99, "%", Basis::kAssumed,
     "99.99 % leaves 4.3 minutes a month: less than one outage of a region, which providers promise no better"},
    {Bound::kSplittableShare, "splittable-share", 80, "%", Basis::kAssumed,
     "when one service does more than four fifths of the writing, a split leaves its database as full as before"},
    {Bound::kPartitionRows, "partition-rows", 100'000'000, "rows", Basis::kAssumed,
     "vacuum and index builds of one table beyond 100 million rows take hours instead of minutes"},
    {Bound::kPartitionBytes, "partition-bytes", 32 * kGib, "B", Basis::kAssumed,
     "PostgreSQL's documentation advises it when a table exceeds the server's memory; 32 GiB of it assumed"},
    {Bound::kPurgeRowsPerDay, "purge-rows", 1'000'000, "rows/day", Basis::kAssumed,
     "deleting a million rows a day leaves a million dead rows a day to vacuum; dropping a partition leaves none"},
    {Bound::kWideColumnRows, "wide-column-rows", 10e9, "rows", Basis::kAssumed,
     "100 partitions of 100 million rows: more than one primary is run with"},
    {Bound::kKeyValueReads, "key-value-reads", 50'000, "reads/s", Basis::kMeasured,
     "look-ups by key over PostgreSQL, coalesced: 54k–65k/s of one core (ceiling prototype)"},
    {Bound::kDocumentShare, "document-share", 50, "%", Basis::kAssumed,
     "when half of the fields have no declared shape, columns describe the smaller half"},
    {Bound::kRowBytes, "row-bytes", 8 * kKib, "B", Basis::kDeclared, "PostgreSQL's page: what exceeds it is stored apart (TOAST)"},
    {Bound::kGraphRows, "graph-rows", 10'000'000, "rows", Basis::kAssumed,
     "a recursive query reads each edge by an index look-up; beyond ten million edges three hops of 100 neighbours miss the memory"},
    {Bound::kShortRetentionDays, "short-retention", 7, "days", Basis::kAssumed, "what is kept for days and then forgotten may expire by itself"},
    {Bound::kSearchRows, "search-rows", 10'000'000, "rows", Basis::kAssumed,
     "ranking reads every hit's row; a common word in ten million texts has 100 thousand hits and more"},
    {Bound::kSearchRate, "search-rate", 200, "searches/s", Basis::kAssumed, "at 10 ms of the database a search, 200/s keep its two cores busy"},
    {Bound::kKeyBytes, "key-bytes", 32 * kGib, "B", Basis::kAssumed,
     "as much as all the memory assumed for the database (32 GiB), spent on longer keys"},
    {Bound::kNaturalKeyRows, "natural-key-rows", 100'000, "rows", Basis::kAssumed,
     "a text as key is repeated in every reference; lists of codes stay far below"},
    {Bound::kKeysetRows, "keyset-rows", 10'000, "rows", Basis::kAssumed,
     "OFFSET reads and throws away what it skips: ten thousand rows are ten pages of 1,000"},
    {Bound::kPoolConnections, "pool-connections", 90, "", Basis::kDeclared,
     "PostgreSQL's default max_connections of 100 less 10 for administration, migrations and backups"},
    {Bound::kOutboxEvents, "outbox-events", 1'700, "events/s", Basis::kMeasured,
     "an event in the outbox is inserted, marked and deleted: a third of 5.2k rows/s of one primary"},
    {Bound::kLogEvents, "log-events", 20'000, "events/s", Basis::kAssumed,
     "a replicated queue acknowledges every message by itself; beyond tens of thousands a second a partitioned log reads in batches"},
    {Bound::kSyncMs, "sync-ms", 15'000, "ms", Basis::kDeclared, "limit request_timeout_ms of the server"},
    {Bound::kHotRow, "hot-row", 50, "%", Basis::kAssumed, "share of time a row is locked; at half the mean wait equals the work (M/M/1: ρ/(1−ρ))"},
    {Bound::kReplicaReads, "replica-reads", 5'300, "reads/s", Basis::kMeasured,
     "half of the list reads that one primary serves (10.6k/s), so that reading it elsewhere frees something"},
    {Bound::kStandbyRpoRows, "standby-rows", 1, "rows/s", Basis::kAssumed,
     "an asynchronous standby is about a second behind: beyond a row a second a failover loses what was confirmed"},
    {Bound::kBackupRows, "backup-rows", 10'000, "rows/day", Basis::kAssumed,
     "a nightly copy loses half a day on average; nobody types 5,000 rows in again"},
    {Bound::kCacheSaved, "cache-saved", 106, "reads/s", Basis::kMeasured,
     "one per cent of the 10.6k lists/s of a core: less does not pay for staleness"},
    {Bound::kCdnSaved, "cdn-saved", 2'100, "reads/s", Basis::kMeasured, "a fifth of the 10.6k lists/s of a core taken off the servers"},
    {Bound::kInProcessBytes, "in-process-bytes", 256 * kMib, "B", Basis::kAssumed, "a quarter of a node of 1 GiB"},
    {Bound::kSharedCacheNodes, "shared-cache-nodes", 4, "", Basis::kAssumed,
     "each node fills its own cache: from four on three quarters of the misses repeat"},
    {Bound::kEgressBytes, "egress-bytes", 50 * kMib, "B/s", Basis::kAssumed, "two fifths of a 1 Gbit/s line, 130 TB a month"},
    {Bound::kMeshServices, "mesh-services", 10, "", Basis::kAssumed,
     "up to ten, mutual TLS, retries and time-outs are settings of one library; beyond, of a fleet"},
    {Bound::kBurstRatio, "burst-ratio", 50, "×", Basis::kAssumed, "peak over mean at which a server sized for the peak idles for 98 % of its time"},
    {Bound::kServerlessMean, "serverless-mean", 1, "requests/s", Basis::kAssumed,
     "2.6 million calls a month: above it, at list prices, calls cost as much as the smallest server"},
    {Bound::kTenantSchemas, "tenant-schemas", 1'000, "", Basis::kAssumed,
     "every schema repeats every table in the catalogue: 1,000 tenants of 20 tables are 20,000 tables to migrate and vacuum"},
    {Bound::kTenantDatabases, "tenant-databases", 100, "", Basis::kAssumed, "a database a tenant is a backup, a migration and a pool a tenant"},
    {Bound::kGraphqlEntities, "graphql-entities", 10, "", Basis::kAssumed, "below ten entities a page needs one or two requests with embeds"},
    {Bound::kGraphqlRelations, "graphql-relations", 1.5, "", Basis::kAssumed,
     "clients that walk several relations a page choose shapes of their own"},
    {Bound::kInternalCalls, "internal-calls", 100, "calls/s", Basis::kAssumed,
     "below it the coding of a call between services costs no measurable part of a core"},
    {Bound::kAuditBytesPerDay, "audit-bytes", kGib, "B/day", Basis::kAssumed,
     "beyond a GiB a day the audit outgrows the data it watches within a year"},
};

constexpr bool in_order() {
  for (std::size_t at = 0; at < std::size(kBounds); ++at) {
    if (static_cast<std::size_t>(kBounds[at].id) != at) return false;
  }
  return true;
}
static_assert(in_order(), "bounds stand in the order of their enumeration");

}  // namespace

std::span<const BoundRow> bounds() noexcept { return kBounds; }

const BoundRow& bound(Bound id) noexcept { return kBounds[static_cast<std::size_t>(id)]; }

std::string_view bound_basis_name(capacity::Basis basis) noexcept {
  if (basis == Basis::kMeasured) return "measured";
  return basis == Basis::kDeclared ? "documented" : "assumed";
}

}  // namespace kingpost::decide
