#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kingpost/assess/coupling.hpp"
#include "kingpost/foreign/foreign.hpp"

namespace kingpost::emit {
class JsonWriter;
}

namespace kingpost::assess {

/// A foreign key that would lead from one service into another, and what would take its place.
struct CutKey {
  std::string constraint;  ///< its name, or `table(columns)` where it has none
  std::string from_table;
  std::vector<std::string> columns;
  std::string to_table;
  std::size_t from_service = 0;
  std::size_t to_service = 0;
  bool required = false;
  bool cascades = false;
  bool root = false;        ///< leads to whose data it is: the key travels with each request, which costs little
  std::string replacement;  ///< one sentence
  Span span;
};

/// A routine or trigger that writes tables of several services in one transaction.
struct SplitTransaction {
  std::string routine;
  std::vector<std::string> tables;
  std::vector<std::size_t> services;
  Span span;
};

/// A table that several services read and none changes often.
struct ReferenceTable {
  std::string table;
  std::size_t owner = 0;
  std::vector<std::size_t> readers;  ///< services that refer to it, without the owner
};

/// Tables that belong together: a module, and a service where that pays.
struct Service {
  std::string name;
  std::vector<std::string> tables;      ///< business data, in the order of the schema
  std::vector<std::string> references;  ///< lookup tables that it owns
  std::size_t inner_keys = 0;
  std::size_t cut_in = 0;     ///< foreign keys of others that lead here, but for those to a root
  std::size_t cut_out = 0;    ///< foreign keys of its own that lead elsewhere, but for those to a root
  std::size_t root_keys = 0;  ///< foreign keys of its own to a root elsewhere
  std::size_t split_transactions = 0;
  bool core = false;                    ///< stays where it is
  bool extract = false;                 ///< worth taking out
  std::string reason;                   ///< why it is, or is not
  std::vector<std::string> operations;  ///< of the API files, `METHOD path`, that by their names are about its tables
};

/// What the schema says about parting the system. Every number is counted in the files; thresholds are the constants below.
struct Boundaries {
  std::size_t tables = 0;          ///< business tables looked at: without lookups, parts and bookkeeping
  std::size_t keys = 0;            ///< foreign keys between tables that are known
  std::size_t implied = 0;         ///< references that only a column's name suggests
  std::size_t implied_cut = 0;     ///< those that lead from one service into another
  std::vector<std::string> roots;  ///< tables whose rows own the others'
  double modularity = 0;
  bool keep_one = true;
  std::vector<std::string> reasons;  ///< why one, or why several; one sentence each
  std::vector<Service> services;     ///< by first table; modules where keep_one
  std::vector<CutKey> cuts;
  std::vector<SplitTransaction> splits;
  std::vector<ReferenceTable> references;
  std::vector<std::string> apart;  ///< tables that nothing ties to any other
};

/// Below this many business tables one team holds the schema in its head. Judgement, not measurement.
inline constexpr std::size_t kFewTables = 25;
/// From about here a network's communities are more than chance (Newman and Girvan, Phys. Rev. E 69, 026113, 2004: 0.3 to 0.7 in practice).
inline constexpr double kLeastModularity = 0.3;
/// When more of all foreign keys would be cut, the parts are one thing.
inline constexpr double kMostCut = 0.35;
/// A service is worth taking out when it keeps at least as many foreign keys inside as it cuts, …
inline constexpr double kMostCutPerInner = 1.0;
/// With fewer references than this for each business table, groups rest on names alone.
inline constexpr double kFewestReferences = 0.5;
/// … and has enough tables to be worth a deployment.
inline constexpr std::size_t kSmallestService = 4;

/// Proposes services. Deterministic; pure.
[[nodiscard]] Boundaries propose_boundaries(const foreign::Facts& facts);

/// As one JSON object, alone or as the next value of a document.
void write_boundaries(emit::JsonWriter& out, const Boundaries& boundaries);
[[nodiscard]] std::string print_boundaries_json(const Boundaries& boundaries);
/// As Markdown.
[[nodiscard]] std::string print_boundaries_markdown(const Boundaries& boundaries);

}  // namespace kingpost::assess
