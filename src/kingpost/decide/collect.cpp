#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "kingpost/decide/collector.hpp"
#include "kingpost/decide/facts.hpp"

namespace kingpost::decide {

using capacity::Basis;

namespace {

/// What is assumed of availability where no objective is written.
constexpr double kAssumedAvailability = 99.5;

double count_as_double(std::size_t count) { return static_cast<double>(count); }

bool is_declared(const ir::Service& service) { return service.span.known(); }

}  // namespace

Evidence::Evidence(const ir::System& system, const capacity::Demand& demand) : system_(&system), factor_(demand.factor) {
  Collector(*this, system, demand).collect();
}

Collector::Collector(Evidence& evidence, const ir::System& system, const capacity::Demand& demand)
    : evidence_(evidence), system_(system), demand_(demand) {
  for (const auto& size : demand.entities) sizes_[size.entity.index()] = &size;
  for (const auto& load : demand.operations) loads_[load.name] = &load;
}

void Collector::collect() {
  collect_load();
  collect_size();
  collect_structure();
  collect_services();
  collect_events();
  collect_access();
  for (const ir::Entity& entity : system_.entities) collect_entity(entity);
  for (const ir::Command& command : system_.commands) collect_command(command);
  for (const ir::Saga& saga : system_.sagas) collect_saga(saga);
  collect_search();
  collect_queries();
  choose_shard_key();
}

void Collector::add(std::string key, std::string name, double value, std::string unit, Origin origin) {
  evidence_.figures_[std::move(key)] = {std::move(name), std::isfinite(value) ? value : 0, std::move(unit), origin.basis, std::move(origin.source)};
}

const capacity::OperationLoad* Collector::load_of(std::string_view name) const {
  const auto found = loads_.find(std::string(name));
  return found == loads_.end() ? nullptr : found->second;
}

const capacity::EntitySize* Collector::size_of(ir::EntityId id) const {
  const auto found = sizes_.find(id.index());
  return found == sizes_.end() ? nullptr : found->second;
}

double Collector::rows_of(ir::EntityId id, std::size_t horizon) const {
  const auto* size = size_of(id);
  return size == nullptr ? 0 : size->rows[horizon];
}

Origin Collector::load_origin() const {
  double declared = 0;
  std::size_t count = 0;
  std::size_t of_clients = 0;
  for (const auto& load : demand_.operations) {
    of_clients += load.internal ? 0U : 1U;
    if (load.peak_per_second.basis != Basis::kDeclared) continue;
    declared += load.peak_per_second.value;
    ++count;
  }
  const bool mostly = count > 0 && declared * 2 >= demand_.total.peak_per_second;
  return {mostly ? Basis::kDeclared : Basis::kAssumed, fmt::format("sum over {} operations, {} of them declared in `load`{}", of_clients, count,
                                                                   demand_.factor == 1 ? "" : fmt::format(", × {:g}", demand_.factor))};
}

void Collector::collect_load() {
  const Origin origin = load_origin();
  const auto& total = demand_.total;
  double reads = 0;
  for (const auto& load : demand_.operations) {
    if (!load.internal && load.rows_written == 0) reads += load.peak_per_second.value;
  }
  add("requests", "requests at peak", total.peak_per_second, "/s", origin);
  add("requests_mean", "requests on average", total.mean_per_second, "requests/s", origin);
  add("burst", "peak over mean", total.mean_per_second > 0 ? total.peak_per_second / total.mean_per_second : 1, "×", origin);
  add("reads", "reading requests at peak", reads, "reads/s", origin);
  add("rows_written", "rows written at peak", total.rows_written_per_second, "rows/s", origin);
  add("statements", "statements at peak", total.statements_per_second, "statements/s", origin);
  add("egress", "answers sent at peak", total.egress_bytes_per_second, "B/s", origin);
  double written_day = 0;
  for (const auto& load : demand_.operations) written_day += load.mean_per_second.value * load.rows_written * 86'400;
  add("rows_written_day", "rows written a day", written_day, "rows/day", origin);
}

void Collector::collect_size() {
  const bool declared = std::any_of(demand_.entities.begin(), demand_.entities.end(),
                                    [](const capacity::EntitySize& size) { return size.rows_basis == Basis::kDeclared; });
  add("bytes", "tables and indexes after 36 months", demand_.total.bytes[2], "B",
      {declared ? Basis::kDeclared : Basis::kAssumed, "rows by `growth`, bytes by the storage formats"});
  double largest = 0;
  const capacity::EntitySize* of = nullptr;
  for (const auto& size : demand_.entities) {
    if (size.rows[1] <= largest || !is_modelled(system_.entity(size.entity))) continue;
    largest = size.rows[1];
    of = &size;
  }
  add("largest_list", "rows of the largest entity after 12 months", largest, "rows",
      {of == nullptr ? Basis::kAssumed : of->rows_basis, of == nullptr ? "no entity" : fmt::format("`{}`", system_.entity(of->entity).name)});
}

void Collector::collect_structure() {
  const Origin model{Basis::kDeclared, "counted in the model"};
  double entities = 0;
  double relations = 0;
  for (const ir::Entity& entity : system_.entities) {
    if (!is_modelled(entity)) continue;
    ++entities;
    relations += count_as_double(count_foreign_keys(system_, entity));
  }
  add("entities", "entities", entities, "", model);
  add("relations_per_entity", "references an entity", entities > 0 ? relations / entities : 0, "", model);
  const double availability = system_.slo ? system_.slo->availability_percent : 0;
  add("availability", "availability asked for", availability > 0 ? availability : kAssumedAvailability, "%",
      availability > 0 ? Origin{Basis::kDeclared, "`slo.availability`"} : Origin{Basis::kAssumed, "no `slo.availability` in the model"});
  add("users", "users", system_.load ? static_cast<double>(system_.load->users) : 0, "",
      system_.load ? Origin{Basis::kDeclared, "`load.users`"} : Origin{Basis::kAssumed, "no `load.users` in the model"});
  const bool tenancy = system_.tenancy.has_value();
  add("tenanted", "tenancy declared", tenancy ? 1 : 0, "flag", model);
  const auto isolation = tenancy ? system_.tenancy->isolation : ir::Isolation::kShared;
  add("isolation_schema", "`isolation: schema` declared", isolation == ir::Isolation::kSchema ? 1 : 0, "flag", model);
  add("isolation_database", "`isolation: database` declared", isolation == ir::Isolation::kDatabase ? 1 : 0, "flag", model);
  const auto* tenants = tenancy ? size_of(system_.tenancy->entity) : nullptr;
  add("tenants", "tenants after 36 months", tenants == nullptr ? 0 : tenants->rows[2], "",
      {tenants == nullptr ? Basis::kDeclared : tenants->rows_basis,
       tenants == nullptr ? "no `tenancy` in the model" : "rows of the tenant's entity"});
}

void Collector::collect_services() {
  const Origin model{Basis::kDeclared, "counted in the model"};
  const auto services = std::count_if(system_.services.begin(), system_.services.end(), is_declared);
  add("services", "services declared", static_cast<double>(services), "", model);
  add("services_declared", "`topology: services` declared", system_.topology == ir::Topology::kServices ? 1 : 0, "flag", model);
  std::unordered_map<std::uint32_t, double> written;
  double total = 0;
  double across = 0;
  for (const auto& load : demand_.operations) {
    const auto dot = load.name.find('.');
    ir::ServiceId service;
    if (dot != std::string::npos) {
      const auto entity = system_.find_entity(std::string_view(load.name).substr(0, dot));
      if (entity.valid()) service = system_.entity(entity).service;
    } else {
      const auto command = std::find_if(system_.commands.begin(), system_.commands.end(), [&](const auto& one) { return one.name == load.name; });
      if (command != system_.commands.end()) service = command->service;
    }
    if (service.valid() && !system_.services[service.index()].uses.empty()) across += load.peak_per_second.value;
  }
  for (const auto& size : demand_.entities) {
    written[system_.entity(size.entity).service.value] += size.writes_per_second;
    total += size.writes_per_second;
  }
  double most = 0;
  for (const auto& [service, rows] : written) most = std::max(most, rows);
  const Origin shares{load_origin().basis, "rows written of the busiest service's entities over all"};
  add("largest_service_share", "writing done by the busiest service", services >= 2 && total > 0 ? 100 * most / total : 100, "%", shares);
  add("across", "requests that read another service's data", across, "calls/s", {load_origin().basis, "operations of services with `uses`"});
}

void Collector::collect_events() {
  const Origin model{Basis::kDeclared, "counted in the model"};
  add("events", "events published", count_as_double(system_.events.size()), "", model);
  add("consumers", "consumers and sagas that wait for events", count_as_double(system_.consumers.size() + system_.sagas.size()), "", model);
  add("sagas", "sagas", count_as_double(system_.sagas.size()), "", model);
  add("projections", "projections kept from events", count_as_double(system_.projections.size()), "", model);
  event_rates_.assign(system_.events.size(), 0);
  double total = 0;
  for (const ir::Command& command : system_.commands) {
    const auto* load = load_of(command.name);
    if (load == nullptr) continue;
    for (const ir::Step& step : command.steps) {
      if (step.kind != ir::StepKind::kEmit || !step.event.valid()) continue;
      event_rates_[step.event.index()] += load->peak_per_second.value;
      total += load->peak_per_second.value;
    }
  }
  add("events_rate", "events at peak", total, "events/s", {load_origin().basis, "rates of the commands that emit"});
}

void Collector::collect_access() {
  const Origin model{Basis::kDeclared, "counted in the model"};
  double policies = 0;
  double sensitive = 0;
  double audited = 0;
  double audit_rows = 0;
  double ints = 0;
  for (const ir::Entity& entity : system_.entities) {
    if (!is_modelled(entity)) continue;
    const auto& access = entity.access;
    for (const auto* rule : {&access.read, &access.create, &access.update, &access.remove}) policies += asks_caller(*rule) ? 1 : 0;
    for (const ir::Field& field : entity.fields) sensitive += field.sensitivity != ir::Sensitivity::kNone || field.encrypted ? 1 : 0;
    if (entity.audit) {
      ++audited;
      const auto* size = size_of(entity.id);
      // A change keeps the row before and after.
      if (size != nullptr) audit_rows += 2 * size->row_bytes * size->writes_per_second * 86'400 / std::max(1.0, evidence_.value("burst"));
    }
    const bool counted = entity.key.size() == 1 && (entity.field(entity.key[0]).type.scalar == ir::Scalar::kInt64 ||
                                                    entity.field(entity.key[0]).type.scalar == ir::Scalar::kInt32);
    const Sharing sharing = sharing_of(entity);
    if (is_modelled(entity) && counted && sharing != Sharing::kPublic && sharing != Sharing::kEngine) ++ints;
  }
  for (const ir::Command& command : system_.commands) policies += asks_caller(command.allow) ? 1 : 0;
  add("caller_policies", "rules that ask who calls", policies, "", model);
  add("sensitive", "sensitive or encrypted fields", sensitive, "", model);
  add("audited", "entities with `audit`", audited, "", model);
  add("exposed_ints", "counted keys in the addresses of private records", ints, "", model);
  add("audit_bytes_day", "audit a day", audit_rows, "B/day", {load_origin().basis, "twice the row for every write of an audited entity"});
}

void Collector::collect_search() {
  double fields = 0;
  double rows = 0;
  double rate = 0;
  Basis basis = Basis::kDeclared;
  for (const ir::Entity& entity : system_.entities) {
    const auto own = std::count_if(entity.fields.begin(), entity.fields.end(), [](const ir::Field& field) { return field.search; });
    if (own == 0) continue;
    fields += static_cast<double>(own);
    rows = std::max(rows, rows_of(entity.id, 2));
    for (const ir::Query& query : entity.queries) {
      const auto* load = query.search.empty() ? nullptr : load_of(entity.name + "." + query.name);
      if (load == nullptr) continue;
      rate += load->peak_per_second.value;
      if (load->peak_per_second.basis != Basis::kDeclared) basis = Basis::kAssumed;
    }
  }
  add("search_fields", "fields with `search`", fields, "", {Basis::kDeclared, "counted in the model"});
  add("search_rows", "rows of the largest searched entity after 36 months", rows, "rows", {Basis::kAssumed, "`growth`, or what is assumed without"});
  add("search_rate", "searches at peak", rate, "searches/s", {basis, "queries with `search(…)`"});
}

void Collector::choose_shard_key() {
  if (system_.tenancy) {
    evidence_.shard_key_ = system_.entity(system_.tenancy->entity).name;
    return;
  }
  // The owner of what is written most: the first reference of that entity to the user, else the entity itself.
  const capacity::EntitySize* most = nullptr;
  for (const auto& size : demand_.entities) {
    if (is_modelled(system_.entity(size.entity)) && (most == nullptr || size.writes_per_second > most->writes_per_second)) most = &size;
  }
  if (most == nullptr) return;
  const ir::Entity& entity = system_.entity(most->entity);
  evidence_.shard_key_ = entity.name;
  for (const ir::Field& field : entity.fields) {
    if (!field.relation.valid()) continue;
    const ir::Entity& target = system_.entity(system_.relation(field.relation).to);
    // Lines live with their head, heads with their user.
    if (target.built_in || system_.relation(field.relation).on_delete == ir::OnDelete::kCascade) {
      evidence_.shard_key_ = target.name;
      if (target.built_in) return;
      const auto owner = std::find_if(target.fields.begin(), target.fields.end(), [&](const ir::Field& one) {
        return one.relation.valid() && system_.entity(system_.relation(one.relation).to).built_in;
      });
      if (owner != target.fields.end()) evidence_.shard_key_ = system_.entity(system_.user).name;
      return;
    }
  }
}

}  // namespace kingpost::decide
