#include "kingpost/decide/caching_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/decide/facts.hpp"
#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {
namespace {

bool is_sensitive(const ir::Entity& entity) {
  return std::any_of(entity.fields.begin(), entity.fields.end(),
                     [](const ir::Field& field) { return field.encrypted || field.sensitivity != ir::Sensitivity::kNone; });
}

bool touches(const ir::Step& step, ir::EntityId entity) {
  return step.entity == entity && (step.kind == ir::StepKind::kCreate || step.kind == ir::StepKind::kUpdate || step.kind == ir::StepKind::kDelete ||
                                   step.kind == ir::StepKind::kMove);
}

std::vector<std::string> writers_of(const ir::System& system, const CacheSubject& subject) {
  const ir::Entity& entity = system.entity(subject.entity);
  std::vector<std::string> out;
  const auto add_if = [&out](bool writes, const std::string& name) {
    if (writes && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  };
  // A new record changes lists, but no answer by key.
  add_if(subject.query != CacheSubject::kByKey && !is_nobody(entity.access.create), entity.name + ".create");
  add_if(!is_nobody(entity.access.update), entity.name + ".update");
  add_if(!is_nobody(entity.access.remove), entity.name + ".delete");
  const auto any = [&](const std::vector<ir::Step>& steps) {
    return std::any_of(steps.begin(), steps.end(), [&](const ir::Step& step) { return touches(step, subject.entity); });
  };
  for (const auto& command : system.commands) add_if(any(command.steps), command.name);
  for (const auto& saga : system.sagas) add_if(any(saga.steps) || (saga.on_failed && touches(*saga.on_failed, subject.entity)), saga.name);
  for (const auto& consumer : system.consumers) add_if(touches(consumer.step, subject.entity), consumer.name);
  for (const auto& schedule : system.schedules) add_if(touches(schedule.step, subject.entity), schedule.name);
  return out;
}

std::string key_of(const ir::System& system, const CacheSubject& subject) {
  const ir::Entity& entity = system.entity(subject.entity);
  std::string out = fmt::format("{}:{{contract}}:{}", system.name, subject.name);
  if (subject.query == CacheSubject::kByKey) {
    for (const ir::FieldId part : entity.key) out += fmt::format(":{{{}}}", entity.field(part).column);
  } else {
    const ir::Query& query = entity.queries[subject.query];
    for (const ir::QueryFilter& filter : query.filters) out += fmt::format(":{{{}}}", entity.field(filter.field).column);
    out += query.search.empty() ? ":{select}:{page}" : ":{words}:{select}:{page}";
  }
  // The tenant always separates, whatever else does.
  if (entity.tenanted) out += ":{tenant}";
  if (subject.sharing == Sharing::kRole || subject.sharing == Sharing::kTenant) out += ":{roles}";
  if (subject.sharing == Sharing::kPrincipal) out += ":{user}";
  return out;
}

std::string cache_control(const CacheSubject& subject, bool sensitive, bool kept) {
  const std::string_view circle = subject.sharing == Sharing::kPublic ? "public" : "private";
  if (sensitive && !kept) return "private, no-store";
  if (subject.ttl_s < 1) return fmt::format("{}, no-cache", circle);
  return fmt::format("{}, max-age={:.0f}", circle, subject.ttl_s);
}

std::string verdict_of(const Evidence& evidence, const CacheSubject& subject, const std::string& where, bool stored) {
  const double saved = evidence.value(query_key(subject.name, "saved"));
  const std::string rate = amount_text(saved, "reads/s");
  const BoundRow& worth = bound(Bound::kCacheSaved);
  if (where != kNoCache && where != kClientCache) return fmt::format("Takes {} off the database.", rate);
  if (subject.sharing == Sharing::kPrincipal) {
    const std::string_view client = !stored             ? "the client keeps none, for it holds sensitive fields"
                                    : subject.ttl_s > 0 ? "the client keeps its own"
                                                        : "the client asks each time whether its copy still holds";
    return fmt::format("Not on the servers: the answer depends on the user, so that a copy serves one of them; {}.", client);
  }
  if (saved > worth.value && subject.ttl_s < 1) {
    return fmt::format(
        "Not allowed: `cache` is not written, so every reader gets the latest. With 10 s of staleness a cache would take {} off the database.", rate);
  }
  return fmt::format("Not worth it on the servers: a cache would take {} off the database; it pays beyond {} ({}).{}", rate,
                     amount_text(worth.value, worth.unit), worth.source, where == kClientCache ? " The client keeps its own." : "");
}

CacheLine line_of(const Evidence& evidence, const CacheSubject& subject, const std::string& where) {
  const ir::System& system = evidence.system();
  CacheLine out;
  out.query = subject.name;
  out.where = where;
  out.sharing = subject.sharing;
  out.ttl_s = subject.ttl_s;
  const bool kept = where != kNoCache;
  const bool on_servers = where == kRedisCache || where == kProcessCache;
  if (on_servers) out.key = key_of(system, subject);
  if (kept) out.invalidated_by = writers_of(system, subject);
  out.cache_control = cache_control(subject, is_sensitive(system.entity(subject.entity)), kept);
  if (where == kCdnCache) out.cdn_cache_control = fmt::format("max-age={:.0f}", subject.ttl_s);
  out.vary = subject.sharing == Sharing::kPublic ? "Accept, Accept-Encoding" : "Accept, Accept-Encoding, Authorization";
  out.reads = evidence.figure(query_key(subject.name, "reads"));
  out.different_answers = subject.keys;
  out.hit_percent = kept ? subject.hit_percent : 0;
  const bool saves = kept && where != kClientCache;
  out.saved_per_second = saves ? evidence.value(query_key(subject.name, "saved")) : 0;
  if (!saves) out.hit_percent = 0;
  out.verdict = verdict_of(evidence, subject, where, out.cache_control != "private, no-store");
  return out;
}

}  // namespace

std::vector<CacheLine> plan_caches(const Evidence& evidence, const std::vector<Decision>& decisions) {
  std::vector<CacheLine> out;
  auto decision = decisions.begin();
  for (const CacheSubject& subject : evidence.cache_subjects()) {
    const auto is_own = [&](const Decision& one) { return one.kind == "cache" && one.scope == subject.name; };
    decision = std::find_if(decision, decisions.end(), is_own);
    if (decision == decisions.end()) break;
    out.push_back(line_of(evidence, subject, decision->choice));
  }
  return out;
}

}  // namespace kingpost::decide
