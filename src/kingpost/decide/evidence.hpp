#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/capacity/capacity.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::decide {

/// A number that decisions look at, with where it comes from.
struct Figure {
  std::string name;  ///< for readers: `rows written`
  double value = 0;
  std::string unit;  ///< empty for a count, `flag` for yes and no
  capacity::Basis basis = capacity::Basis::kAssumed;
  std::string source;
  bool derived = false;  ///< follows from other decisions; then `basis` says nothing
};

/// The narrowest circle of callers that sees the same answer of a read.
enum class Sharing : std::uint8_t { kPublic, kRole, kTenant, kPrincipal, kEngine };
[[nodiscard]] std::string_view sharing_name(Sharing sharing) noexcept;

/// A read whose answer could be kept: a look-up by key or a declared query.
struct CacheSubject {
  std::string name;  ///< product.get, product.by_category
  ir::EntityId entity;
  std::size_t query = kByKey;  ///< index in the entity's queries
  Sharing sharing = Sharing::kPrincipal;
  double ttl_s = 0;
  bool declared = false;  ///< the model says `cache`
  double keys = 0;        ///< different answers asked for
  double hit_percent = 0;
  static constexpr std::size_t kByKey = static_cast<std::size_t>(-1);
};

/// What is known about a system: figures by key, and which elements are asked about. Figures can be pinned to other values to see what would
/// change; those derived from decisions follow unless they are pinned themselves. Remembers derived values: not for several threads at once.
class Evidence {
 public:
  Evidence(const ir::System& system, const capacity::Demand& demand);

  /// The value of a figure, pinned, derived or collected. Every key that a decision uses exists.
  [[nodiscard]] double value(std::string_view key) const;
  /// The figure with its present value.
  [[nodiscard]] Figure figure(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const;
  void pin(const std::string& key, double value) {
    forget(key);
    pins_[key] = value;
  }
  /// Moves a figure for a while, above any pin.
  void move(const std::string& key, double value) {
    forget(key);
    moves_[key] = value;
  }
  void move_back(const std::string& key) {
    forget(key);
    moves_.erase(key);
  }

  [[nodiscard]] const ir::System& system() const noexcept { return *system_; }
  [[nodiscard]] double factor() const noexcept { return factor_; }
  [[nodiscard]] const std::vector<CacheSubject>& cache_subjects() const noexcept { return cache_subjects_; }
  /// The element by which data would be divided among shards: an entity's name.
  [[nodiscard]] const std::string& shard_key() const noexcept { return shard_key_; }
  [[nodiscard]] const std::map<std::string, Figure, std::less<>>& collected() const noexcept { return figures_; }

 private:
  friend class Collector;
  /// A derived value with every key that it was computed from.
  struct Remembered {
    double value = 0;
    std::set<std::string, std::less<>> read;
  };
  void forget(std::string_view key);
  [[nodiscard]] double derive(const struct DerivedRow& row) const;

  const ir::System* system_;
  double factor_ = 1;
  std::map<std::string, Figure, std::less<>> figures_;
  std::map<std::string, double, std::less<>> pins_;
  std::map<std::string, double, std::less<>> moves_;
  mutable std::map<std::string, Remembered, std::less<>> remembered_;
  mutable std::vector<std::set<std::string, std::less<>>> reading_;  ///< one set for each derived value under way
  std::vector<CacheSubject> cache_subjects_;
  std::string shard_key_;
};

/// Keys of figures about an element: `entity.order.rows`.
[[nodiscard]] std::string entity_key(std::string_view entity, std::string_view figure);
[[nodiscard]] std::string operation_key(std::string_view operation, std::string_view figure);
[[nodiscard]] std::string query_key(std::string_view query, std::string_view figure);

/// A figure that follows from decisions. Null when `key` names none.
struct DerivedRow {
  std::string_view key;
  std::string_view name;
  std::string_view unit;
  std::string_view source;
  double (*value)(const Evidence&);
};
[[nodiscard]] const DerivedRow* find_derived(std::string_view key) noexcept;

/// A number for readers: 1,500; 0.03; bytes as GiB.
[[nodiscard]] std::string amount_text(double value, std::string_view unit);
[[nodiscard]] std::string_view basis_name(capacity::Basis basis) noexcept;
/// The same of a figure; `derived` where it follows from other decisions.
[[nodiscard]] std::string_view basis_name(const Figure& figure) noexcept;

}  // namespace kingpost::decide
