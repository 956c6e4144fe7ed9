#include "kingpost/seed/rows.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/seed/order.hpp"
#include "kingpost/seed/values.hpp"

namespace kingpost::seed {
namespace {

constexpr std::size_t kAttempts = 40;
constexpr std::int64_t kHistoryUs = 365 * kMicrosPerDay;
constexpr double kNullChance = 0.25;
constexpr double kDefaultChance = 0.5;
constexpr std::size_t kShortText = 6;
constexpr std::size_t kRootRows = 5;  ///< of a tree, without a parent

/// A reference whose target is only known by its key.
class KeyRecord final : public cel::Record {
 public:
  explicit KeyRecord(cel::Value key) : key_(std::move(key)) {}
  [[nodiscard]] Result<cel::Value> field(const std::string& name) const override {
    return fail(ErrorKind::kInvalidArgument, "cel-unknown-field", "The field `" + name + "` is not known while seeding.");
  }
  [[nodiscard]] Result<cel::Value> key() const override { return key_; }

 private:
  cel::Value key_;
};

/// A row in the making as an expression sees it.
class RowRecord final : public cel::Record {
 public:
  RowRecord(const ir::Entity& entity, const Row& values) : entity_(entity), values_(values) {}
  [[nodiscard]] Result<cel::Value> field(const std::string& name) const override {
    const ir::FieldId id = entity_.find_field(name);
    if (!id.valid() || !entity_.field(id).stored()) {
      return fail(ErrorKind::kInvalidArgument, "cel-unknown-field", "The field `" + name + "` is not known while seeding.");
    }
    const cel::Value& value = values_[id.index()];
    if (!entity_.field(id).relation.valid() || value.is_null()) return value;
    return cel::Value{cel::RecordPtr(std::make_shared<KeyRecord>(value))};
  }
  [[nodiscard]] Result<cel::Value> key() const override { return values_[entity_.key.front().index()]; }

 private:
  const ir::Entity& entity_;
  const Row& values_;
};

/// The values of `fields` as one text; empty when one is null, because nulls never collide.
std::optional<std::string> tuple_of(const Row& row, const std::vector<ir::FieldId>& fields) {
  std::string text;
  for (const ir::FieldId id : fields) {
    if (row[id.index()].is_null()) return std::nullopt;
    append_value_key(text, row[id.index()]);
  }
  return text;
}

bool contains(const std::vector<ir::FieldId>& fields, ir::FieldId id) { return std::find(fields.begin(), fields.end(), id) != fields.end(); }

/// Whether at most one row may have these values of `fields` (within a tenant).
bool is_exclusive(const ir::Entity& entity, const std::vector<ir::FieldId>& fields) {
  const auto covers = [&](const std::vector<ir::FieldId>& unique) {
    return !unique.empty() && std::all_of(unique.begin(), unique.end(), [&](ir::FieldId id) { return contains(fields, id); });
  };
  if (covers(entity.key)) return true;
  return std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const ir::Unique& unique) { return covers(unique.fields); });
}

bool in_unique(const ir::Entity& entity, ir::FieldId id) {
  if (contains(entity.key, id)) return true;
  return std::any_of(entity.uniques.begin(), entity.uniques.end(), [id](const ir::Unique& unique) { return contains(unique.fields, id); });
}

bool is_long_text(const ir::Field& field) {
  const bool text = field.type.scalar == ir::Scalar::kString || field.type.scalar == ir::Scalar::kText;
  return text && (field.type.max_length == 0 || field.type.max_length > kShortText);
}

}  // namespace

RowMaker::RowMaker(const ir::System& system, const SeedOptions& options) : system_(system), options_(options), tables_(system.entities.size()) {}

const std::vector<Row>& RowMaker::make(const ir::Entity& entity, std::int64_t count) {
  Table& table = tables_[entity.id.index()];
  table.taken.resize(1 + entity.uniques.size());
  std::size_t barren = 0;
  for (std::size_t index = 0; index < static_cast<std::size_t>(count) && barren < kAttempts; ++index) {
    bool made = false;
    for (std::size_t attempt = 0; attempt < kAttempts && !made; ++attempt) {
      Draft draft{entity,
                  index,
                  static_cast<std::size_t>(count),
                  attempt,
                  Random::for_row(options_.seed, entity.name, index, attempt),
                  Row(entity.fields.size()),
                  std::vector<bool>(entity.fields.size()),
                  {}};
      made = fill(draft) && passes_checks(draft) && keep(draft);
    }
    // After so many failures in a row there is no room left, for example for a cart of each user.
    barren = made ? 0 : barren + 1;
  }
  return table.rows;
}

std::int64_t RowMaker::created_us(const Draft& draft) const {
  const auto step = kHistoryUs / static_cast<std::int64_t>(draft.count + 1);
  const auto moment = options_.now_us - kHistoryUs + step * static_cast<std::int64_t>(draft.index);
  return moment / kMicrosPerSecond * kMicrosPerSecond;
}

bool RowMaker::fill(Draft& draft) {
  if (!fill_tenant(draft)) return false;
  for (const ir::Relation* relation : foreign_keys(system_, draft.entity)) {
    if (!fill_relation(draft, *relation)) return false;
  }
  for (std::size_t i = 0; i < draft.entity.fields.size(); ++i) {
    const ir::FieldId id{static_cast<std::uint32_t>(i)};
    if (!draft.assigned[i] && draft.entity.field(id).stored()) fill_field(draft, id);
  }
  return true;
}

bool RowMaker::fill_tenant(Draft& draft) {
  if (!draft.entity.tenanted || !system_.tenancy) return true;
  const ir::Entity& owner = system_.entity(system_.tenancy->entity);
  const std::vector<Row>& tenants = tables_[owner.id.index()].rows;
  if (tenants.empty()) return false;
  const cel::Value& key = tenants[(draft.index + draft.attempt) % tenants.size()][owner.key.front().index()];
  draft.values[draft.entity.tenant_field.index()] = key;
  draft.assigned[draft.entity.tenant_field.index()] = true;
  append_value_key(draft.tenant, key);
  return true;
}

bool RowMaker::fill_relation(Draft& draft, const ir::Relation& relation) {
  const ir::Entity& entity = draft.entity;
  const auto is_assigned = [&](ir::FieldId id) { return draft.assigned[id.index()]; };
  if (std::all_of(relation.from_fields.begin(), relation.from_fields.end(), is_assigned)) return true;
  const bool nullable =
      std::any_of(relation.from_fields.begin(), relation.from_fields.end(), [&](ir::FieldId id) { return entity.field(id).nullable; });
  const auto leave_empty = [&] {
    for (const ir::FieldId id : relation.from_fields) draft.assigned[id.index()] = true;
    return true;
  };
  const bool tree = relation.to == entity.id;
  if (nullable && ((tree && draft.index < kRootRows) || draft.random.chance(kNullChance))) return leave_empty();

  const Table& target = tables_[relation.to.index()];
  const bool within_tenant = entity.tenanted && system_.entity(relation.to).tenanted;
  const auto group = target.by_tenant.find(draft.tenant);
  const std::vector<std::size_t>* members = within_tenant && group != target.by_tenant.end() ? &group->second : nullptr;
  const std::size_t size = within_tenant ? (members == nullptr ? 0 : members->size()) : target.rows.size();
  if (size == 0) return nullable && leave_empty();
  std::size_t pick = 0;
  if (is_exclusive(entity, relation.from_fields)) {
    const std::size_t tenants = within_tenant ? target.by_tenant.size() : 1;
    pick = draft.index / tenants + draft.attempt;
    if (pick >= size) return nullable && leave_empty();
  } else {
    // Squared, so that the first targets are popular: the first user has carts and orders to look at.
    const double unit = draft.random.unit();
    pick = static_cast<std::size_t>(unit * unit * static_cast<double>(size));
  }
  const Row& chosen = target.rows[members == nullptr ? pick : (*members)[pick]];
  for (std::size_t i = 0; i < relation.from_fields.size(); ++i) {
    const ir::FieldId from = relation.from_fields[i];
    if (is_assigned(from)) continue;
    draft.values[from.index()] = chosen[relation.to_fields[i].index()];
    draft.assigned[from.index()] = true;
  }
  return true;
}

/// The key of another service's record, where that was seeded before.
bool RowMaker::take_external(Draft& draft, ir::FieldId id) {
  const ir::EntityId other = system_.find_entity(draft.entity.field(id).external);
  if (!other.valid() || system_.entity(other).key.size() != 1) return false;
  const std::vector<Row>& rows = tables_[other.index()].rows;
  if (rows.empty()) return false;
  draft.values[id.index()] = rows[draft.random.below(rows.size())][system_.entity(other).key.front().index()];
  return true;
}

void RowMaker::fill_field(Draft& draft, ir::FieldId id) {
  const ir::Field& field = draft.entity.field(id);
  cel::Value& value = draft.values[id.index()];
  const bool user = draft.entity.id == system_.user;
  if (user && contains(draft.entity.key, id)) {
    value = {seed_user_id(options_, static_cast<std::uint32_t>(draft.index))};
    return;
  }
  if (user && field.name == "email" && draft.index < 2) {
    value = {std::string(draft.index == 0 ? "customer@example.com" : "merchant@example.com")};
    return;
  }
  const bool unique = in_unique(draft.entity, id);
  const bool may_be_null = field.nullable && field.generated == ir::Generated::kNo && !unique;
  if (may_be_null && (field.encrypted || draft.random.chance(kNullChance))) return;
  if (!field.external.empty() && take_external(draft, id)) return;
  if (field.default_value != nullptr && field.default_value->kind == cel::ExprKind::kLiteral && !unique && draft.random.chance(kDefaultChance)) {
    value = field.default_value->value;
    return;
  }
  const std::int64_t created = created_us(draft);
  const bool distinct = unique && (!is_long_text(field) || draft.attempt > 0);
  value = make_value({system_, draft.entity, field, draft.index, distinct, options_.now_us, created}, draft.random);
}

bool RowMaker::passes_checks(const Draft& draft) const {
  const auto record = std::make_shared<const RowRecord>(draft.entity, draft.values);
  cel::Activation activation;
  activation.now_us = options_.now_us;
  activation.has_role = [](const std::string&) { return false; };
  activation.lookup = [&](const std::string& name) -> Result<cel::Value> {
    if (name == "row" || name == "new") return cel::Value{cel::RecordPtr(record)};
    return fail(ErrorKind::kInvalidArgument, "cel-unknown-name", "`" + name + "` is not known while seeding.");
  };
  return std::all_of(draft.entity.checks.begin(), draft.entity.checks.end(), [&](const ir::Check& check) {
    if (check.condition == nullptr) return true;
    const auto held = cel::evaluate(*check.condition, activation);
    const bool* truth = held ? std::get_if<bool>(&held->data) : nullptr;
    return truth != nullptr && *truth;
  });
}

/// Takes the row unless its key or a unique is taken.
bool RowMaker::keep(Draft& draft) {
  Table& table = tables_[draft.entity.id.index()];
  std::vector<std::optional<std::string>> tuples = {tuple_of(draft.values, draft.entity.key)};
  for (const ir::Unique& unique : draft.entity.uniques) tuples.push_back(tuple_of(draft.values, unique.fields));
  for (std::size_t i = 0; i < tuples.size(); ++i) {
    if (tuples[i] && table.taken[i].count(*tuples[i]) != 0) return false;
  }
  for (std::size_t i = 0; i < tuples.size(); ++i) {
    if (tuples[i]) table.taken[i].insert(std::move(*tuples[i]));
  }
  if (!draft.tenant.empty()) table.by_tenant[draft.tenant].push_back(table.rows.size());
  table.rows.push_back(std::move(draft.values));
  return true;
}

}  // namespace kingpost::seed
