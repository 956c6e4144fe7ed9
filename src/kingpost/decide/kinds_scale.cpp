#include <fmt/format.h>

#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {

void ask_id_exposure(const Evidence&, Ladders& out) {
  out.push_back({.kind = "id-exposure",
                 .options = {{.choice = "opaque public ids beside counted keys",
                              .all = {{"exposed_ints", Op::kAtLeast, Bound::kOne}},
                              .because = "A counted key in the address of a private record tells how many there are and invites trying the next.",
                              .against = "A second unique column, and a look-up by it.",
                              .consequences = {"Policies still decide; the id is no secret."}},
                             {.choice = "keys as they are",
                              .because = "Keys in addresses of private records are UUIDs or belong to short public lists: they tell nothing.",
                              .against = "Counted keys would tell how many records there are.",
                              .status = Status::kNotNeeded}}});
}

void ask_sharding(const Evidence& evidence, Ladders& out) {
  const std::string key = evidence.shard_key().empty() ? "key" : evidence.shard_key();
  out.push_back(
      {.kind = "sharding",
       .options = {
           {.choice = fmt::format("shards by {}", key),
            .all = {{"postgres", Op::kAtLeast, Bound::kOne}, {"primary_rows", Op::kAbove, Bound::kPrimaryRows}},
            .because = fmt::format("The busiest database takes more writes than one primary; rows that are written together share a {}.", key),
            .against = "No transaction, join or unique over shards; moving one is a project.",
            .consequences = {fmt::format("Every key and index begins with {}; what belongs to none is copied to every shard.", key)}},
           {.choice = "not needed",
            .because = "One primary takes all writes with half of its measured rate in reserve.",
            .against = "Writes are bounded by one machine.",
            .consequences = {fmt::format("Should it come, the key is {}: rows that are written together have it in common.", key)},
            .status = Status::kNotNeeded}}});
}

Ladder read_replicas_ladder() {
  return {.kind = "read-replicas",
          .options = {{.choice = std::string(kReplicasChoice),
                       .all = {{"postgres", Op::kAtLeast, Bound::kOne},
                               {"primary_statements", Op::kAbove, Bound::kPrimaryStatements},
                               {"primary_reads", Op::kAbove, Bound::kReplicaReads}},
                       .because = "Most of what overloads the primary are reads, and reads can be answered elsewhere.",
                       .against = "A copy is behind, so that each reader must be asked whether that matters (decision 18).",
                       .consequences = {"A replica per 10,600 statements/s, and one in reserve."}},
                      {.choice = "not needed",
                       .because = "One database answers all reads.",
                       .against = "Reads and writes share one machine.",
                       .status = Status::kNotNeeded}}};
}

void ask_read_replicas(const Evidence&, Ladders& out) { out.push_back(read_replicas_ladder()); }

void ask_availability(const Evidence&, Ladders& out) {
  out.push_back({.kind = "availability",
                 .options = {{.choice = "synchronous standby, automatic failover",
                              .all = {{"postgres", Op::kAtLeast, Bound::kOne}, {"availability", Op::kAbove, Bound::kFailoverPercent}},
                              .because = "No person is fast enough for the objective, and nothing confirmed may be lost when the standby takes over.",
                              .against = "A commit waits for a second machine; three members must agree who leads.",
                              .consequences = {"During a partition the smaller side refuses writes (CP)."}},
                             {.choice = "synchronous standby, failover by hand",
                              .all = {{"postgres", Op::kAtLeast, Bound::kOne},
                                      {"availability", Op::kAbove, Bound::kOneMachinePercent},
                                      {"rows_written", Op::kAbove, Bound::kStandbyRpoRows}},
                              .because = "The objective allows one person's reaction; an asynchronous standby would lose confirmed writes.",
                              .against = "A commit waits for a second machine, and somebody must be on call.",
                              .consequences = {"During a partition the primary's side goes on only with its standby (CP)."}},
                             {.choice = "asynchronous standby, failover by hand",
                              .all = {{"postgres", Op::kAtLeast, Bound::kOne}, {"availability", Op::kAbove, Bound::kOneMachinePercent}},
                              .because = "The objective needs a second machine that is ready; so little is written that the last second can be lost.",
                              .against = "The last second of writes may be missing after a failover."},
                             {.choice = "not needed",
                              .because = "The objective leaves the time to replace one machine and restore its data.",
                              .against = "Until the machine is replaced, nothing works.",
                              .consequences = {"Restoring is practised, and its time written down."},
                              .status = Status::kNotNeeded}}});
}

void ask_backup(const Evidence&, Ladders& out) {
  const std::string nightly = "nightly copy";
  const std::string stream = "continuous archiving to a point in time";
  const std::string cost = "An archive to watch, and a base copy a week.";
  const std::vector<std::string> gain = {"At most the last minute of writes is lost (RPO); a restore is practised monthly."};
  out.push_back(
      {.kind = "backup",
       .options = {{.choice = stream,
                    .all = {{"rows_written_day", Op::kAbove, Bound::kBackupRows}},
                    .because = "A nightly copy would lose more on a bad day than anybody can type in again.",
                    .against = cost,
                    .consequences = gain},
                   {.choice = stream,
                    .all = {{"availability", Op::kAbove, Bound::kOneMachinePercent}},
                    .because = "A system that may hardly stop may hardly forget.",
                    .against = cost,
                    .consequences = gain},
                   {.choice = stream,
                    .all = {{"tenanted", Op::kAtLeast, Bound::kOne}},
                    .because = "It is the customers' data: none of them agreed to lose a day.",
                    .against = cost,
                    .consequences = gain},
                   {.choice = nightly,
                    .because = "Little is written a day, and half a day of it can be entered again.",
                    .against = "Up to a day of writes is lost (RPO 24 h).",
                    .consequences = {"Up to a day of writes is lost (RPO 24 h); copies leave the machine and are restored once a month."}}}});
}

void ask_pooling(const Evidence&, Ladders& out) {
  out.push_back({.kind = "pooling",
                 .options = {{.choice = "a pooler before the database",
                              .all = {{"postgres", Op::kAtLeast, Bound::kOne}, {"pool", Op::kAbove, Bound::kPoolConnections}},
                              .because = "The nodes together want more connections than the database offers.",
                              .against = "Session state is lost between transactions, and prepared statements need its support.",
                              .consequences = {"Transaction pooling; migrations and LISTEN connect past it."}},
                             {.choice = "not needed",
                              .because = "Each node keeps a few pipelined connections, and they fit.",
                              .against = "Every node's connections count against the database's limit.",
                              .status = Status::kNotNeeded}}});
}

void ask_search(const Evidence&, Ladders& out) {
  const std::string engine = "search engine fed from events";
  const std::string cost = "A second store that is seconds behind, with the permissions repeated in it.";
  out.push_back({.kind = "search",
                 .options = {{.choice = engine,
                              .all = {{"search_fields", Op::kAtLeast, Bound::kOne}, {"search_rows", Op::kAbove, Bound::kSearchRows}},
                              .because = "Ranking common words over so many texts needs an index that keeps the ranking.",
                              .against = cost},
                             {.choice = engine,
                              .all = {{"search_fields", Op::kAtLeast, Bound::kOne}, {"search_rate", Op::kAbove, Bound::kSearchRate}},
                              .because = "Searches would keep the database busy that orders wait for.",
                              .against = cost},
                             {.choice = "full text of the database",
                              .all = {{"search_fields", Op::kAtLeast, Bound::kOne}},
                              .because = "Searched texts are indexed in the transaction that writes them, under the same policies.",
                              .against = "Ranking, typing errors and languages are plain.",
                              .consequences = {"SQLite FTS5 or PostgreSQL GIN; no copy can be stale."}},
                             {.choice = "not needed",
                              .because = "No field is searched.",
                              .against = "Texts could only be found by their beginning.",
                              .status = Status::kNotNeeded}}});
}

void ask_tenancy(const Evidence&, Ladders& out) {
  Ladder ladder{.kind = "tenancy"};
  ladder.options = {
      {.choice = "a database a tenant",
       .all = {{"isolation_database", Op::kAtLeast, Bound::kOne}, {"tenants", Op::kAtMost, Bound::kTenantDatabases}},
       .because = "The model asks for it, and few enough tenants make it bearable: each has its own backup, key and place.",
       .against = "Migrations, pools and backups once a tenant.",
       .status = Status::kDeclared},
      {.choice = "a schema a tenant",
       .all = {{"isolation_schema", Op::kAtLeast, Bound::kOne}, {"tenants", Op::kAtMost, Bound::kTenantSchemas}},
       .because = "The model asks for it, and the catalogue bears that many schemas.",
       .against = "Every table once a tenant in the catalogue; migrations run once a tenant.",
       .status = Status::kDeclared},
      {.choice = "shared tables (against the model's `isolation`)",
       .all = {{"isolation_database", Op::kAtLeast, Bound::kOne}},
       .because = "The model asks for a database a tenant; with so many tenants, migrations and pools would be the system's main work.",
       .against = "Tenants share a disk, a backup and a bad query.",
       .status = Status::kAgainst},
      {.choice = "shared tables (against the model's `isolation`)",
       .all = {{"isolation_schema", Op::kAtLeast, Bound::kOne}},
       .because = "The model asks for a schema a tenant; with so many tenants, the catalogue would be the system's largest table.",
       .against = "Tenants share a disk, a backup and a bad query.",
       .status = Status::kAgainst},
      {.choice = "shared tables",
       .all = {{"tenanted", Op::kAtLeast, Bound::kOne}},
       .because = "The tenant's key stands in every key, reference and unique, and in every statement; row-level security is the second wall.",
       .against = "Tenants share a disk, a backup and a bad query.",
       .consequences = {"Quotas a tenant; exports and deletion of one tenant are queries.", "Answers are cached per tenant or not at all."}},
      {.choice = "not needed",
       .because = "The model declares no tenants.",
       .against = "Customers would see each other's data.",
       .status = Status::kNotNeeded}};
  out.push_back(std::move(ladder));
}

void ask_pagination(const Evidence&, Ladders& out) {
  out.push_back({.kind = "pagination",
                 .options = {{.choice = "by key (keyset)",
                              .all = {{"largest_list", Op::kAbove, Bound::kKeysetRows}},
                              .because = "Late pages of a long list cost as much as early ones, and rows that come meanwhile shift nothing.",
                              .against = "No jump to page 17, and an order that ends in the key.",
                              .consequences = {"Every declared order ends in a unique key; exact counts are not sent unasked."}},
                             {.choice = "by number (limit and offset)",
                              .because = "Lists are short enough to skip through.",
                              .against = "Skipped rows are read and thrown away; rows that come meanwhile shift pages.",
                              .consequences = {"Pages are bounded all the same (limit page_rows)."}}}});
}

}  // namespace kingpost::decide
