#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/seed/rows.hpp"
#include "kingpost/store/store.hpp"

namespace kingpost::seed {

/// Writes rows through a store in batches, each one transaction and one statement with a list per column. One thread.
class Loader {
 public:
  Loader(const ir::System& system, store::Store& store);
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;
  ~Loader();

  /// Whether the entity's table has no rows.
  [[nodiscard]] Result<bool> is_empty(const ir::Entity& entity);
  /// Returns when every row is committed; `wrote` is told of each batch.
  [[nodiscard]] Result<void> load(const ir::Entity& entity, const std::vector<Row>& rows, const std::function<void(std::int64_t)>& wrote);

 private:
  class Loop;
  [[nodiscard]] Result<store::Outcome> run(store::Job job);
  [[nodiscard]] Result<sql::Binding> encode_batch(const ir::Entity& entity, const std::vector<Row>& rows, std::size_t first, std::size_t last) const;

  const ir::System& system_;
  store::Store& store_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<store::Lane> lane_;
};

}  // namespace kingpost::seed
