#include <fmt/format.h>

#include "kingpost/decide/facts.hpp"
#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {
namespace {

constexpr std::string_view kRelational = "relational";

/// Rows of the scored ladder of stores: what speaks for which store, and how much.
struct StoreRow {
  std::string_view choice;
  std::string_view figure;
  Op op;
  Bound limit;
  int points;
  std::string_view says;
  std::string_view given = {};  ///< a flag or count without which it says nothing
};

constexpr StoreRow kStoreRows[] = {
    {kRelational, "relations", Op::kAtLeast, Bound::kOne, 3, "It refers to other records or is referred to: foreign keys keep that true."},
    {kRelational, "transactions", Op::kAtLeast, Bound::kOne, 3, "Commands write it together with others: that is a transaction."},
    {kRelational, "invariants", Op::kAtLeast, Bound::kOne, 1, "Checks and uniques hold in the database."},
    {kRelational, "queries", Op::kAtLeast, Bound::kOne, 1, "It is asked for by other things than its key."},
    {"document", "json_share", Op::kAtLeast, Bound::kDocumentShare, 4, "Most of it has no declared shape."},
    {"document", "row_bytes", Op::kAbove, Bound::kRowBytes, 2, "A record is larger than a page and is read as a whole."},
    {"document", "transactions", Op::kBelow, Bound::kOne, 1, "No command writes it together with others."},
    {"document", "relations", Op::kBelow, Bound::kOne, 1, "Nothing refers to it."},
    {"key-value", "reads", Op::kAbove, Bound::kKeyValueReads, 5, "Look-ups by key beyond what one PostgreSQL answers."},
    {"key-value", "kept", Op::kAtMost, Bound::kShortRetentionDays, 3, "It is forgotten after days, and may expire by itself."},
    {"key-value", "queries", Op::kBelow, Bound::kOne, 1, "Nothing but its key is asked for."},
    {"wide-column", "writes", Op::kAbove, Bound::kPrimaryRows, 4, "More is written than one primary takes."},
    {"wide-column", "rows", Op::kAbove, Bound::kWideColumnRows, 4, "More rows than one primary is run with."},
    {"wide-column", "append_only", Op::kAtLeast, Bound::kOne, 1, "Nothing changes once written."},
    {"graph", "edge", Op::kAtLeast, Bound::kOne, 4, "It connects records of one kind: paths of any length may be asked for."},
    {"graph", "rows", Op::kAbove, Bound::kGraphRows, 5, "Recursive queries over so many edges miss the memory.", "edge"},
    {"time series", "timed", Op::kAtLeast, Bound::kOne, 2, "Records are ordered by their time."},
    {"time series", "append_only", Op::kAtLeast, Bound::kOne, 2, "Nothing changes once written."},
    {"time series", "writes", Op::kAbove, Bound::kPrimaryRows, 5, "More is written than one primary takes.", "timed"},
    {"search index", "search_fields", Op::kAtLeast, Bound::kOne, 2, "People search its texts."},
    {"search index", "search_rate", Op::kAbove, Bound::kSearchRate, 5, "More searches than one database ranks.", "search_fields"},
    {"search index", "rows", Op::kAbove, Bound::kSearchRows, 3, "Common words hit too many rows to rank.", "search_fields"},
};

/// What choosing another store than Kingpost's own means.
std::vector<std::string> store_consequences(std::string_view choice) {
  if (choice == kRelational) return {"Kingpost runs it."};
  if (choice == "search index")
    return {"A copy: the relational table stays the truth and the index is fed from its events. Kingpost does not run this store."};
  return {
      fmt::format("Kingpost does not run a {} store: keep the relational table until the figure is real, then feed the other by events.", choice)};
}

std::string store_cost(std::string_view choice) {
  if (choice == kRelational) return "Its writes go through one primary, and every field wants a column.";
  if (choice == "document") return "No foreign keys and no joins: what other records need of it is copied and grows stale.";
  if (choice == "key-value") return "One way to ask, by key; no transaction with other records.";
  if (choice == "wide-column") return "One table a query, no joins, no uniques but the key, conflicts decided by the clock.";
  if (choice == "graph") return "A second store to feed, back up and keep permissions in.";
  if (choice == "time series") return "Changing or deleting single records is slow, and relations to others are not kept.";
  return "Seconds behind the truth, and permissions must be repeated in it.";
}

Ladder store_of(const ir::Entity& entity) {
  Ladder out{.kind = "store", .scope = entity.name, .scored = true};
  // The default wins ties and a model that says nothing.
  out.options.push_back({.choice = std::string(kRelational),
                         .because = "Where nothing speaks for another store, the one with transactions, joins and checks wins.",
                         .against = store_cost(kRelational),
                         .consequences = store_consequences(kRelational),
                         .points = 3});
  for (const StoreRow& row : kStoreRows) {
    std::vector<Condition> all{{entity_key(entity.name, row.figure), row.op, row.limit}};
    if (!row.given.empty()) all.push_back({entity_key(entity.name, row.given), Op::kAtLeast, Bound::kOne});
    out.options.push_back({.choice = std::string(row.choice),
                           .all = std::move(all),
                           .because = std::string(row.says),
                           .against = store_cost(row.choice),
                           .consequences = store_consequences(row.choice),
                           .points = row.points});
  }
  return out;
}

Ladder keys_of(const ir::Entity& entity) {
  const auto key = [&entity](std::string_view figure) { return entity_key(entity.name, figure); };
  Ladder out{.kind = "keys", .scope = entity.name};
  out.options = {
      {.choice = "composite of its references",
       .all = {{key("key_parts"), Op::kAtLeast, Bound::kTwo}},
       .because = "The record is the fact that its parts belong together: the key forbids the second one.",
       .against = "Others must repeat all its parts to refer to it.",
       .status = Status::kDeclared},
      {.choice = "the key of the record it belongs to",
       .all = {{key("key_reference"), Op::kAtLeast, Bound::kOne}},
       .because = "One to one: a key of its own would only need a unique beside it.",
       .against = "There can never be two for one.",
       .status = Status::kDeclared},
      {.choice = "natural",
       .all = {{key("key_text"), Op::kAtLeast, Bound::kOne}, {key("rows"), Op::kAtMost, Bound::kNaturalKeyRows}},
       .because = "People know the code, references can be read without a join, and the list stays short.",
       .against = "A code that changes must be changed in every reference.",
       .status = Status::kDeclared},
      {.choice = "int64 counted by the database",
       .all = {{key("key_int"), Op::kAtLeast, Bound::kOne}},
       .because = "The model says so: half the bytes of a UUID, and rows lie in the order they came.",
       .against = "It tells how many there are and needs the database to be made.",
       .status = Status::kDeclared},
      {.choice = "int64 inside, UUIDv7 in addresses",
       .all = {{key("key_cost"), Op::kAbove, Bound::kKeyBytes}},
       .because = "The longer key would take memory that the working set needs.",
       .against = "Two keys a record, and a look-up more for every address.",
       .consequences = {"References carry the short key; the long one is unique in its own table only."}},
      {.choice = "UUIDv7",
       .because = "Made anywhere without asking the database, unguessable in addresses, and ordered by time, so that an index fills at its end.",
       .against = "16 bytes in every reference and index.",
       .consequences = {"Records can be made by clients and services before they are stored; no sequence is a bottleneck."}},
  };
  return out;
}

Ladder partitioning_of(const ir::Entity& entity) {
  const auto key = [&entity](std::string_view figure) { return entity_key(entity.name, figure); };
  const bool kept = entity.growth && entity.growth->keep_days > 0;
  const std::string choice = "partitions by month";
  const std::string cost = "Uniques must contain the time, and queries without it visit every partition.";
  Ladder out{.kind = "partitioning", .scope = entity.name};
  const auto row = [&](std::string_view figure, Bound limit, std::string because) {
    out.options.push_back(
        {.choice = choice,
         .all = {{"postgres", Op::kAtLeast, Bound::kOne}, {key("timed"), Op::kAtLeast, Bound::kOne}, {key(figure), Op::kAbove, limit}},
         .because = std::move(because),
         .against = cost,
         .consequences = {kept ? "What is older than `growth.keep` leaves by dropping a partition." : "Old partitions can move to slower disks.",
                          "Partitions are made ahead of time by a schedule."}});
  };
  if (kept) row("purged", Bound::kPurgeRowsPerDay, "So many rows leave a day that deleting them would keep vacuum busy.");
  row("rows", Bound::kPartitionRows, "The table is too large to vacuum or index in one piece.");
  row("bytes", Bound::kPartitionBytes, "The table outgrows the memory; recent partitions do not.");
  out.options.push_back({.choice = "not needed",
                         .because = "The table stays of a size at which vacuum and index builds take minutes.",
                         .against = "Vacuum, index builds and purges work on the whole table.",
                         .status = Status::kNotNeeded});
  return out;
}

Ladder consistency_of(const ir::Entity& entity) {
  const auto key = [&entity](std::string_view figure) { return entity_key(entity.name, figure); };
  Ladder out{.kind = "consistency", .scope = entity.name};
  out.options = {
      {.choice = "a replica's, a second old (PA/EL)",
       .all = {{"replicas", Op::kAtLeast, Bound::kOne}, {key("stale_ok"), Op::kAtLeast, Bound::kOne}, {key("private"), Op::kBelow, Bound::kOne}},
       .because =
           "Its readers accept staleness (`cache`), and the primary has enough to do: during a partition reads go on, otherwise latency comes first.",
       .against = "A reader may miss what was just written.",
       .consequences = {"Who has just written reads the primary until the replica has caught up."}},
      {.choice = "the primary's (PC/EC)",
       .because =
           "Reads see every confirmed write. During a partition the side without the primary refuses; otherwise consistency comes before latency.",
       .against = "Reads cost the primary."},
  };
  return out;
}

Ladder isolation_of(const ir::Command& command) {
  const auto key = [&command](std::string_view figure) { return operation_key(command.name, figure); };
  Ladder out{.kind = "isolation", .scope = command.name};
  out.options = {
      {.choice = "serializable, repeated on conflict",
       .all = {{key("open"), Op::kAtLeast, Bound::kOne}},
       .because = "A condition over several rows is decided on what others may change meanwhile, and no lock of the command covers it.",
       .against = "Conflicts are found at commit and the command runs again.",
       .consequences = {"SQLSTATE 40001 is repeated inside the server, within the request's time."}},
      {.choice = "read committed, reservation rows instead of one counter",
       .all = {{key("relative"), Op::kAtLeast, Bound::kOne}, {key("hot"), Op::kAbove, Bound::kHotRow}},
       .because = "So many change the same record that they wait for each other's commit.",
       .against = "The balance is a sum over rows, and old ones must be folded in.",
       .consequences = {"Writers insert; a schedule folds the rows into the balance."}},
      {.choice = "read committed with row locks",
       .all = {{key("locks"), Op::kAtLeast, Bound::kOne}},
       .because = "The command locks what it decides on, in one order; nobody else changes it before the commit.",
       .against = "Calls for the same record wait for each other.",
       .consequences = {"Both databases: consistency before availability (CP); a lost primary refuses writes until another is named."}},
      {.choice = "read committed, change in one statement",
       .all = {{key("relative"), Op::kAtLeast, Bound::kOne}},
       .because = "The new value is computed from the stored one in the statement that writes it, and checks refuse what may not be.",
       .against = "Nothing may be decided between reading and writing."},
      {.choice = "read committed",
       .because = "The command decides nothing on rows that others change.",
       .against = "Conditions over several rows would not hold under concurrency."},
  };
  return out;
}

}  // namespace

void ask_store(const Evidence& evidence, Ladders& out) {
  for (const ir::Entity& entity : evidence.system().entities) {
    if (is_modelled(entity)) out.push_back(store_of(entity));
  }
}

void ask_keys(const Evidence& evidence, Ladders& out) {
  for (const ir::Entity& entity : evidence.system().entities) {
    if (is_modelled(entity)) out.push_back(keys_of(entity));
  }
}

void ask_partitioning(const Evidence& evidence, Ladders& out) {
  for (const ir::Entity& entity : evidence.system().entities) {
    if (is_modelled(entity) && (entity.growth || has_time(entity))) out.push_back(partitioning_of(entity));
  }
}

void ask_consistency(const Evidence& evidence, Ladders& out) {
  for (const ir::Entity& entity : evidence.system().entities) {
    if (is_modelled(entity) && sharing_of(entity) != Sharing::kEngine) out.push_back(consistency_of(entity));
  }
}

void ask_isolation(const Evidence& evidence, Ladders& out) {
  for (const ir::Command& command : evidence.system().commands) out.push_back(isolation_of(command));
}

}  // namespace kingpost::decide
