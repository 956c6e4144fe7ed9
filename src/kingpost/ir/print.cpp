#include <fmt/format.h>

#include "kingpost/ir/print_parts.hpp"

namespace kingpost::ir {
namespace {

void print_contract(Printer& out, const System& system, const Contract& contract) {
  out.line(fmt::format("contract {}{}{}{}", contract.name, contract.current ? " current" : "",
                       contract.deprecated.empty() ? "" : " deprecated " + contract.deprecated,
                       contract.sunset.empty() ? "" : " sunset " + contract.sunset));
  out.push();
  for (const auto& view : contract.entities) {
    const auto& entity = system.entity(view.entity);
    std::string text = view.name == entity.name ? view.name : fmt::format("{} = {}", view.name, entity.name);
    text += ":";
    for (const auto& field : view.fields) {
      const auto& column = entity.field(field.field).column;
      text += field.name == column ? " " + field.name : fmt::format(" {}={}", field.name, column);
      if (field.expression != nullptr) text += fmt::format("({})", text_of(field.expression));
      if (!field.writable) text += "!";
    }
    out.line(text);
    if (view.relations.empty()) continue;
    text = "embeds:";
    for (const auto& relation : view.relations) text += " " + relation.name;
    out.push();
    out.line(text);
    out.pop();
  }
  out.pop();
}

void print_frame(Printer& out, const System& system) {
  out.line(fmt::format("system {}", system.name));
  for (const auto& requirement : system.requirements) out.line(fmt::format("requirement {}: {}", requirement.id, requirement.text));
  for (const auto& role : system.roles) out.line(fmt::format("role {} implies [{}]", role.name, joined(role.implies)));
  for (const auto& policy : system.policies) out.line(fmt::format("policy {}: {}", policy.name, policy.text));
  if (system.tenancy) {
    const char* const isolations[] = {"shared", "schema", "database"};
    out.line(fmt::format("tenancy {} claim {} isolation {}", system.entity(system.tenancy->entity).name, system.tenancy->claim,
                         isolations[static_cast<std::size_t>(system.tenancy->isolation)]));
  }
  for (const auto& enumeration : system.enums) out.line(fmt::format("enum {}: {}", enumeration.name, joined(enumeration.values)));
  for (const auto& service : system.services) {
    std::string text = fmt::format("service {}", service.name);
    for (const auto& use : service.uses) {
      const auto& entity = system.entity(use.entity);
      text += fmt::format(" uses {}[{}]", entity.name, names_of(entity, use.fields));
    }
    if (!service.http.empty()) text += fmt::format(" http [{}]", joined(service.http));
    out.line(text);
  }
}

void print_requirements_of_load(Printer& out, const System& system) {
  if (system.load) {
    out.line(fmt::format("load users {} multiply {}", system.load->users, system.load->multiply));
    out.push();
    for (const auto& peak : system.load->peaks) out.line(fmt::format("{}: {}/s", peak.operation, peak.per_second));
    out.pop();
  }
  if (system.slo) {
    out.line(fmt::format("slo availability {}% errors {}%", system.slo->availability_percent, system.slo->error_percent));
    out.push();
    for (const auto& target : system.slo->targets) {
      out.line(fmt::format("{}: p50 {} ms, p99 {} ms", target.operation.empty() ? "*" : target.operation, target.p50_ms, target.p99_ms));
    }
    out.pop();
  }
  out.line(fmt::format("topology {}", system.topology == Topology::kMonolith ? "monolith" : "services"));
}

}  // namespace

void Printer::line(std::string_view text) {
  out_.append(depth_ * 2, ' ');
  out_ += text;
  out_ += '\n';
}

std::string text_of(const cel::ExprPtr& expr) { return expr == nullptr ? "-" : cel::print_expr(*expr); }

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

std::string names_of(const Entity& entity, const std::vector<FieldId>& fields) {
  std::string text;
  for (const auto id : fields) {
    if (!text.empty()) text += ", ";
    text += id.valid() ? entity.field(id).name : "?";
  }
  return text;
}

std::string print_system(const System& system) {
  Printer out;
  print_frame(out, system);
  for (const auto& entity : system.entities) print_entity(out, system, entity);
  print_behaviour(out, system);
  for (const auto& contract : system.contracts) print_contract(out, system, contract);
  print_requirements_of_load(out, system);
  for (const auto& item : system.not_executed) {
    out.line(fmt::format("not executed: {} {}{}", item.feature, item.element, item.safety ? " (safety)" : ""));
  }
  return out.take();
}

}  // namespace kingpost::ir
