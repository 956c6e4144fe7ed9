#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kingpost/decide/bounds.hpp"
#include "kingpost/decide/collector.hpp"
#include "kingpost/decide/facts.hpp"

namespace kingpost::decide {

using capacity::Basis;

namespace {

/// Of the records, the part that four fifths of the reads go to.
constexpr double kHotPart = 0.2;
/// Different search terms in the time an answer is kept.
constexpr double kSearchTerms = 1'000;
/// Staleness tried on reads for which the model allows none, to tell what it would save.
constexpr double kTriedTtlSeconds = 10;

constexpr double kForEver = 36'500;

double count_as_double(std::size_t count) { return static_cast<double>(count); }

std::size_t count_references(const ir::System& system, ir::EntityId id) {
  std::size_t count = 0;
  for (const ir::Entity& other : system.entities) {
    for (const ir::Field& field : other.fields) {
      if (field.relation.valid() && system.relation(field.relation).to == id) ++count;
    }
  }
  return count;
}

double keep_days(const ir::Entity& entity) {
  return entity.growth && !entity.growth->keep_forever ? static_cast<double>(entity.growth->keep_days) : 0;
}

bool is_text(const ir::LogicalType& type) {
  return type.scalar == ir::Scalar::kString || type.scalar == ir::Scalar::kText || type.scalar == ir::Scalar::kEnum;
}

}  // namespace

void Collector::collect_entity(const ir::Entity& entity) {
  const auto key = [&entity](std::string_view figure) { return entity_key(entity.name, figure); };
  const auto* size = size_of(entity.id);
  const capacity::EntitySize none{};
  const capacity::EntitySize& known = size == nullptr ? none : *size;
  const Origin rows{known.rows_basis, fmt::format("`{}.growth`", entity.name)};
  const Origin grown = known.rows_basis == Basis::kDeclared ? rows : Origin{known.rows_basis, "no `growth`: from the load and the related entities"};
  add(key("rows"), "rows after 36 months", known.rows[2], "rows", grown);
  double bytes = known.table_bytes[2];
  for (const auto& index : known.indexes) bytes += index.bytes[2];
  add(key("bytes"), "table and indexes after 36 months", bytes, "B", grown);
  add(key("row_bytes"), "bytes a row", known.row_bytes, "B", {Basis::kAssumed, "storage format with assumed lengths of texts"});
  add(key("writes"), "rows written at peak", known.writes_per_second, "rows/s", load_origin());
  double reads = 0;
  for (const auto& load : demand_.operations) {
    if (load.rows_written == 0 && load.name.starts_with(entity.name + ".")) reads += load.peak_per_second.value;
  }
  add(key("reads"), "reads at peak", reads, "reads/s", load_origin());
  const double days = keep_days(entity);
  const double per_day = entity.growth ? entity.growth->per_day * demand_.factor : 0;
  add(key("purged"), "rows that leave a day", days > 0 ? per_day : 0, "rows/day",
      {Basis::kDeclared, fmt::format("`{}.growth`, once `keep` is reached", entity.name)});
  add(key("kept"), "days kept", days > 0 ? days : kForEver, "days",
      {Basis::kDeclared, days > 0 ? "`growth.keep`" : "no end in `growth.keep`: a hundred years"});
  collect_entity_shape(entity);
  collect_entity_key(entity);
}

void Collector::collect_entity_shape(const ir::Entity& entity) {
  const auto key = [&entity](std::string_view figure) { return entity_key(entity.name, figure); };
  const Origin model{Basis::kDeclared, "counted in the model"};
  double stored = 0;
  double json = 0;
  double search = 0;
  double search_rate = 0;
  for (const ir::Field& field : entity.fields) {
    if (!field.stored() || field.relation.valid() || field.generated != ir::Generated::kNo) continue;
    ++stored;
    json += field.type.scalar == ir::Scalar::kJson ? 1 : 0;
    search += field.search ? 1 : 0;
  }
  double lists = 0;
  for (const ir::Query& query : entity.queries) {
    ++lists;
    const auto* load = query.search.empty() ? nullptr : load_of(entity.name + "." + query.name);
    search_rate += load == nullptr ? 0 : load->peak_per_second.value;
  }
  add(key("relations"), "references to and from it", count_as_double(count_foreign_keys(system_, entity) + count_references(system_, entity.id)), "",
      model);
  add(key("transactions"), "steps of commands and sagas that write it", count_as_double(count_writing_steps(system_, entity.id)), "", model);
  add(key("invariants"), "checks and uniques", count_as_double(entity.checks.size() + entity.uniques.size()), "", model);
  add(key("queries"), "declared queries", lists, "", model);
  add(key("json_share"), "fields without a declared shape", stored > 0 ? 100 * json / stored : 0, "%", model);
  add(key("append_only"), "never changed once written", is_append_only(system_, entity) ? 1 : 0, "flag", model);
  add(key("timed"), "ordered by a time of its own", has_time(entity) ? 1 : 0, "flag", model);
  add(key("edge"), "connects records of one entity", is_edge(system_, entity) ? 1 : 0, "flag", model);
  add(key("search_fields"), "fields with `search`", search, "", model);
  add(key("search_rate"), "searches at peak", search_rate, "searches/s", load_origin());
  const Sharing sharing = sharing_of(entity);
  add(key("private"), "reads depend on the user", sharing == Sharing::kPrincipal ? 1 : 0, "flag", model);
  add(key("stale_ok"), "staleness allowed by `cache`", entity.cache ? 1 : 0, "flag", model);
}

void Collector::collect_entity_key(const ir::Entity& entity) {
  const auto key = [&entity](std::string_view figure) { return entity_key(entity.name, figure); };
  const Origin model{Basis::kDeclared, "the key in the model"};
  const bool single = entity.key.size() == 1;
  const ir::Field* own = single ? &entity.field(entity.key[0]) : nullptr;
  add(key("key_parts"), "fields in the key", count_as_double(entity.key.size()), "", model);
  add(key("key_reference"), "the key is another record's", own != nullptr && own->relation.valid() ? 1 : 0, "flag", model);
  add(key("key_text"), "the key is a text that people chose", own != nullptr && !own->relation.valid() && is_text(own->type) ? 1 : 0, "flag", model);
  const bool counted = own != nullptr && (own->type.scalar == ir::Scalar::kInt64 || own->type.scalar == ir::Scalar::kInt32);
  add(key("key_int"), "the key is counted", counted && !own->relation.valid() ? 1 : 0, "flag", model);
  // Eight bytes more in the table, its key's index, and the column and index of every reference to it.
  double copies = 2 * rows_of(entity.id, 2);
  for (const ir::Entity& other : system_.entities) {
    for (const ir::Field& field : other.fields) {
      if (field.relation.valid() && system_.relation(field.relation).to == entity.id) copies += 2 * rows_of(other.id, 2);
    }
  }
  const auto* size = size_of(entity.id);
  add(key("key_cost"), "bytes that keys of 16 bytes cost over 8", 8 * copies, "B",
      {size == nullptr ? Basis::kAssumed : size->rows_basis, "8 B × rows after 36 months × (table and index, here and in every reference)"});
}

void Collector::collect_command(const ir::Command& command) {
  const auto key = [&command](std::string_view figure) { return operation_key(command.name, figure); };
  const Origin model{Basis::kDeclared, "the command's steps"};
  const auto* load = load_of(command.name);
  double rate = load == nullptr ? 0 : load->peak_per_second.value;
  double service_ms = load == nullptr ? 0 : load->service_ms;
  // A command that sagas run has no load of its own: it takes its part of theirs.
  for (const ir::Saga& saga : system_.sagas) {
    const auto runs = std::count_if(saga.steps.begin(), saga.steps.end(), [&](const ir::Step& step) {
      return step.command.valid() && system_.commands[step.command.index()].name == command.name;
    });
    const auto* own = runs == 0 ? nullptr : load_of("saga " + saga.name);
    if (own == nullptr) continue;
    rate += static_cast<double>(runs) * own->peak_per_second.value;
    service_ms = std::max(service_ms, own->service_ms / static_cast<double>(saga.steps.size()));
  }
  const Origin rates{load == nullptr ? Basis::kAssumed : load->peak_per_second.basis, "`load.peak`, or the sagas that run it"};
  double emits = 0;
  double locks = 0;
  double relative = 0;
  double moves = 0;
  double creates = 0;
  double outside_ms = 0;
  double fewest_rows = 0;
  for (const ir::Step& step : command.steps) {
    emits += step.kind == ir::StepKind::kEmit ? 1 : 0;
    locks += step.kind == ir::StepKind::kLock ? 1 : 0;
    creates += step.kind == ir::StepKind::kCreate ? 1 : 0;
    if (step.kind == ir::StepKind::kHttp) outside_ms += static_cast<double>(step.timeout_ms);
    moves += step.kind == ir::StepKind::kMove ? 1 : 0;
    if (!is_relative(step)) continue;
    ++relative;
    const double rows = std::max(1.0, rows_of(step.entity, 0));
    fewest_rows = fewest_rows == 0 ? rows : std::min(fewest_rows, rows);
  }
  add(key("rate"), "calls at peak", rate, "/s", rates);
  add(key("time"), "time of one call", service_ms + outside_ms, "ms", {Basis::kAssumed, "statements at the database and time-outs of outside calls"});
  add(key("emits"), "events emitted", emits, "", model);
  add(key("locks"), "records locked first", locks, "", model);
  add(key("relative"), "changes that depend on the stored value", relative + moves, "", model);
  add(key("open"), "conditions over several rows without a lock", count_as_double(count_open_invariants(command)), "", model);
  add(key("creates"), "records made", creates, "", model);
  add(key("effects"), "records made, values counted up or down, events", creates + relative + emits, "", model);
  add(key("open_to_clients"), "callable by clients", sharing_of(command.allow) == Sharing::kEngine ? 0 : 1, "flag", model);
  add(key("required"), "`idempotency: required` declared", command.idempotency_required ? 1 : 0, "flag", model);
  add(key("hot"), "time that the same record is locked", fewest_rows > 0 ? 100 * rate * service_ms / 1000 / (fewest_rows * kHotPart + 1) : 0, "%",
      {Basis::kAssumed, "rate × time at the database ÷ records, a fifth of which get the traffic"});
}

void Collector::collect_saga(const ir::Saga& saga) {
  const auto key = [&saga](std::string_view figure) { return operation_key(saga.name, figure); };
  const Origin model{Basis::kDeclared, "the saga's steps"};
  std::set<std::uint32_t> services;
  double http = 0;
  for (const ir::Step& step : saga.steps) {
    http += step.kind == ir::StepKind::kHttp ? 1 : 0;
    if (step.command.valid()) services.insert(system_.commands[step.command.index()].service.value);
    if (step.kind == ir::StepKind::kMove && step.entity.valid()) services.insert(system_.entity(step.entity).service.value);
  }
  const double rate = saga.starts_on.valid() ? event_rates_[saga.starts_on.index()] : 0;
  add(key("rate"), "runs at peak", rate, "/s", {load_origin().basis, "rate of the event that starts it"});
  add(key("http"), "calls of outside systems", http, "", model);
  add(key("services"), "services written", count_as_double(services.size()), "", model);
}

void Collector::collect_queries() {
  for (const ir::Entity& entity : system_.entities) {
    const Sharing sharing = sharing_of(entity);
    if (!is_modelled(entity) || sharing == Sharing::kEngine) continue;
    const double ttl = entity.cache ? static_cast<double>(entity.cache->ttl_ms) / 1000 : 0;
    collect_subject({entity.name + ".get", entity.id, CacheSubject::kByKey, sharing, ttl, entity.cache.has_value(), 0, 0});
    for (std::size_t at = 0; at < entity.queries.size(); ++at) {
      collect_subject({entity.name + "." + entity.queries[at].name, entity.id, at, sharing, ttl, entity.cache.has_value(), 0, 0});
    }
  }
  double public_egress = 0;
  for (const CacheSubject& subject : evidence_.cache_subjects_) {
    const auto* load = load_of(subject.name);
    if (load != nullptr && subject.sharing == Sharing::kPublic) public_egress += load->peak_per_second.value * load->answer_bytes;
  }
  // Counted here and not derived: it looks at every query, and each of them asks for it.
  const auto worth = std::count_if(evidence_.cache_subjects_.begin(), evidence_.cache_subjects_.end(), [&](const CacheSubject& subject) {
    return subject.sharing == Sharing::kPublic && subject.ttl_s >= 1 &&
           evidence_.value(query_key(subject.name, "saved")) > bound(Bound::kCdnSaved).value;
  });
  add("cdn_worth", "public queries that alone are worth a CDN", static_cast<double>(worth), "",
      {load_origin().basis, "queries of decision 20 beyond the bound cdn-saved"});
  add("public_egress", "answers sent that are the same for everybody", public_egress, "B/s", load_origin());
}

double Collector::distinct_answers(const CacheSubject& subject) const {
  const ir::Entity& entity = system_.entity(subject.entity);
  const double rows = std::max(1.0, rows_of(entity.id, 1));
  if (subject.query == CacheSubject::kByKey) return std::max(1.0, rows * kHotPart);
  const ir::Query& query = entity.queries[subject.query];
  if (!query.search.empty()) return kSearchTerms;
  double answers = 1;
  for (const ir::QueryFilter& filter : query.filters) {
    const ir::Field& field = entity.field(filter.field);
    if (field.relation.valid()) {
      answers *= std::max(1.0, rows_of(system_.relation(field.relation).to, 1));
    } else if (field.type.scalar == ir::Scalar::kEnum && field.type.enumeration.valid()) {
      answers *= count_as_double(system_.enums[field.type.enumeration.index()].values.size());
    } else {
      answers *= field.type.scalar == ir::Scalar::kBool ? 2 : rows;
    }
  }
  return std::min(std::max(1.0, answers), rows);
}

void Collector::collect_subject(CacheSubject subject) {
  const auto key = [&subject](std::string_view figure) { return query_key(subject.name, figure); };
  const Origin model{Basis::kDeclared, "the model's policies"};
  const auto* load = load_of(subject.name);
  const double rate = load == nullptr ? 0 : load->peak_per_second.value;
  const double answer_bytes = load == nullptr ? 0 : load->answer_bytes;
  const Origin rates{load == nullptr ? Basis::kAssumed : load->peak_per_second.basis,
                     load == nullptr ? "no load known" : load->peak_per_second.source};
  subject.keys = distinct_answers(subject);
  // One miss per key and lifetime: with arrivals at λ a key, λT of 1 + λT reads find the answer.
  const double arrivals = rate / subject.keys * (subject.ttl_s > 0 ? subject.ttl_s : kTriedTtlSeconds);
  subject.hit_percent = 100 * arrivals / (1 + arrivals);
  add(key("reads"), "reads at peak", rate, "reads/s", rates);
  add(key("ttl"), "staleness allowed", subject.ttl_s, "s", {Basis::kDeclared, subject.declared ? "`cache.ttl`" : "no `cache` in the model: none"});
  add(key("public"), "the same answer for everybody", subject.sharing == Sharing::kPublic ? 1 : 0, "flag", model);
  add(key("shared"), "the same answer for several users", subject.sharing == Sharing::kPrincipal ? 0 : 1, "flag", model);
  add(key("saved"), "reads that a cache would answer", rate * subject.hit_percent / 100, "reads/s",
      {Basis::kAssumed, fmt::format("{} different answers, each missed once in {} s", amount_text(subject.keys, ""),
                                    amount_text(subject.ttl_s > 0 ? subject.ttl_s : kTriedTtlSeconds, ""))});
  add(key("working"), "size of the answers kept", subject.keys * answer_bytes, "B", {Basis::kAssumed, "different answers × bytes of one"});
  evidence_.cache_subjects_.push_back(std::move(subject));
}

}  // namespace kingpost::decide
