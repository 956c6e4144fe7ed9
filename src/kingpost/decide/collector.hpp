#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "kingpost/decide/evidence.hpp"

namespace kingpost::decide {

struct Origin {
  capacity::Basis basis = capacity::Basis::kAssumed;
  std::string source;
};

/// Fills an Evidence. Lives for one call; borrows everything.
class Collector {
 public:
  Collector(Evidence& evidence, const ir::System& system, const capacity::Demand& demand);
  void collect();

 private:
  void collect_load();
  void collect_size();
  void collect_structure();
  void collect_services();
  void collect_events();
  void collect_access();
  void collect_search();
  void collect_entity(const ir::Entity& entity);
  void collect_entity_shape(const ir::Entity& entity);
  void collect_entity_key(const ir::Entity& entity);
  void collect_command(const ir::Command& command);
  void collect_saga(const ir::Saga& saga);
  void collect_queries();
  void collect_subject(CacheSubject subject);
  void choose_shard_key();

  void add(std::string key, std::string name, double value, std::string unit, Origin origin);
  [[nodiscard]] const capacity::OperationLoad* load_of(std::string_view name) const;
  [[nodiscard]] const capacity::EntitySize* size_of(ir::EntityId id) const;
  [[nodiscard]] double rows_of(ir::EntityId id, std::size_t horizon) const;
  [[nodiscard]] double distinct_answers(const CacheSubject& subject) const;
  [[nodiscard]] Origin load_origin() const;

  Evidence& evidence_;
  const ir::System& system_;
  const capacity::Demand& demand_;
  std::unordered_map<std::size_t, const capacity::EntitySize*> sizes_;
  std::unordered_map<std::string, const capacity::OperationLoad*> loads_;
  std::vector<double> event_rates_;
};

}  // namespace kingpost::decide
