#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/stages.hpp"
#include "kingpost/compile/units.hpp"

namespace kingpost::compile {
namespace {

void fault(Context& context, const model::Node& node, std::string_view example) {
  report(context, "unit", node.span, fmt::format("`{}` is not understood as an amount.", node.text), fmt::format("Write it as {}.", example));
}

double percent_at(Context& context, const model::Node& map, std::string_view key) {
  const auto* node = map.is_map() ? map.find(key) : nullptr;
  if (node == nullptr) return 0;
  const auto value = parse_percent(node->text);
  if (!value) fault(context, *node, "`99.95%`, at most 100%");
  return value.value_or(0);
}

double millis_at(Context& context, const model::Node& map, std::string_view key) {
  const auto* node = map.is_map() ? map.find(key) : nullptr;
  if (node == nullptr) return 0;
  const auto value = parse_span_us(node->text);
  if (!value) fault(context, *node, "`200ms` or `10s`");
  return static_cast<double>(value.value_or(0)) / 1e3;
}

double count_at(Context& context, const model::Node& map, std::string_view key) {
  const auto* node = map.is_map() ? map.find(key) : nullptr;
  if (node == nullptr) return 0;
  const auto value = parse_count(node->text);
  if (!value) fault(context, *node, "`100k` or `2500`");
  return value.value_or(0);
}

/// Every operation that load and objectives can name.
std::vector<std::string> operation_names(const ir::System& system) {
  auto names = names_of(system.commands);
  for (const auto& entity : system.entities) {
    for (const char* own : {"get", "list", "create", "update", "delete"}) names.push_back(entity.name + "." + own);
    for (const auto& query : entity.queries) names.push_back(entity.name + "." + query.name);
  }
  return names;
}

void require_operation(Context& context, const model::Member& member, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), member.key) != known.end()) return;
  std::vector<std::string> near;
  const auto dot = member.key.find('.');
  for (const auto& name : known) {
    if (dot == std::string::npos || name.starts_with(std::string_view(member.key).substr(0, dot + 1))) near.push_back(name);
  }
  report_unknown(context, "unknown-operation", {member.key, member.key_span, false}, fmt::format("There is no operation `{}`.", member.key),
                 near.empty() ? known : near);
}

void compile_load(Context& context, const std::vector<std::string>& known) {
  const auto* node = context.root.find("load");
  if (node == nullptr || !node->is_map()) return;
  ir::Load load;
  load.span = node->span;
  load.users = std::llround(count_at(context, *node, "users"));
  if (node->find("multiply") != nullptr) load.multiply = count_at(context, *node, "multiply");
  if (load.multiply < 1) report(context, "unit", node->find("multiply")->span, "`multiply` is at least 1.", "Write 1 for no reserve.");
  for (const auto& member : members_of(node->find("peak"))) {
    require_operation(context, member, known);
    const auto rate = parse_rate_per_second(member.value.text);
    if (!rate) fault(context, member.value, "`1500/s`");
    load.peaks.push_back({member.key, rate.value_or(0), member.key_span});
  }
  context.system.load = std::move(load);
}

void compile_slo(Context& context, const std::vector<std::string>& known) {
  const auto* node = context.root.find("slo");
  if (node == nullptr || !node->is_map()) return;
  ir::Slo slo;
  slo.span = node->span;
  slo.availability_percent = percent_at(context, *node, "availability");
  slo.error_percent = percent_at(context, *node, "errors");
  const auto add = [&](const std::string& name, const model::Node& map) {
    ir::SloTarget target{name, millis_at(context, map, "p50"), millis_at(context, map, "p99")};
    if (target.p50_ms > target.p99_ms && target.p99_ms > 0)
      report(context, "unit", map.find("p50")->span, "The median is above the 99 % latency.", "Exchange the two.");
    if (target.p50_ms > 0 || target.p99_ms > 0 || !name.empty()) slo.targets.push_back(std::move(target));
  };
  add({}, *node);
  for (const auto& member : members_of(node->find("operations"))) {
    require_operation(context, member, known);
    if (member.value.is_map()) add(member.key, member.value);
  }
  context.system.slo = std::move(slo);
}

void compile_growth(Context& context, ir::Entity& entity, const model::Node& node) {
  ir::Growth growth;
  growth.span = node.span;
  growth.rows = std::llround(count_at(context, node, "rows"));
  growth.per_day = count_at(context, node, "per_day");
  if (const auto* keep = node.find("keep")) {
    growth.keep_forever = keep->text == "forever";
    const auto days = parse_keep_days(keep->text);
    if (!growth.keep_forever && !days) fault(context, *keep, "`36 months` or `forever`");
    growth.keep_days = days.value_or(0);
  }
  entity.growth = growth;
}

bool asks_role(const cel::ExprPtr& rule) {
  bool asks = false;
  if (rule != nullptr)
    visit_expression(*rule, [&](const cel::Expr& node) { asks = asks || (node.kind == cel::ExprKind::kCall && node.name == "has_role"); });
  return asks;
}

void compile_cache(Context& context, ir::Entity& entity, const model::Node& node) {
  ir::CachePolicy cache;
  cache.span = node.span;
  cache.ttl_ms = std::llround(millis_at(context, node, "ttl"));
  cache.vary = text_at(node, "vary");
  const auto row_bound = [](const cel::ExprPtr& rule) { return rule != nullptr && cel::mentions(*rule, "auth"); };
  const bool by_role = asks_role(entity.access.read) ||
                       std::any_of(entity.fields.begin(), entity.fields.end(), [](const ir::Field& field) { return asks_role(field.read_policy); });
  const bool personal = row_bound(entity.access.read) ||
                        std::any_of(entity.fields.begin(), entity.fields.end(), [&](const ir::Field& field) { return row_bound(field.read_policy); });
  if (personal && cache.vary != "user" && cache.vary != "tenant") {
    report(context, "cache-vary", node.span,
           fmt::format("What may be read of `{}` depends on the caller, so a shared answer would leak.", entity.name), "Add `vary: user`.");
  }
  if (!personal && by_role && (cache.vary.empty() || cache.vary == "none")) {
    report(context, "cache-vary", node.span, fmt::format("What may be read of `{}` depends on roles, so a shared answer would leak.", entity.name),
           "Add `vary: role`.");
  }
  entity.cache = cache;
}

void compile_flags(Context& context) {
  for (const auto& member : members_of(context.root.find("flags"))) {
    if (!member.value.is_map()) continue;
    context.system.flags.push_back({member.key, flag_at(member.value, "default"), percent_at(context, member.value, "rollout"), member.key_span});
  }
}

}  // namespace

void compile_sizing(Context& context) {
  for (auto& entity : context.system.entities) {
    const auto* node = context.source(entity.id).node;
    if (node == nullptr || !node->is_map()) continue;
    if (const auto* growth = node->find("growth"); growth != nullptr && growth->is_map()) compile_growth(context, entity, *growth);
    if (const auto* cache = node->find("cache"); cache != nullptr && cache->is_map()) compile_cache(context, entity, *cache);
  }
  const auto known = operation_names(context.system);
  compile_load(context, known);
  compile_slo(context, known);
  compile_flags(context);
  if (text_at(context.root, "topology") == "services") context.system.topology = ir::Topology::kServices;
}

}  // namespace kingpost::compile
