#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/stages.hpp"
#include "kingpost/compile/types.hpp"
#include "kingpost/compile/units.hpp"

namespace kingpost::compile {
namespace {

bool is_writable(const ir::Entity& entity, const ir::Field& field) {
  if (entity.view || !field.stored()) return false;
  const bool made =
      field.generated == ir::Generated::kCreatedAt || field.generated == ir::Generated::kUpdatedAt || field.generated == ir::Generated::kVersion;
  return !made && (field.write_policy == nullptr || !cel::never_true(*field.write_policy));
}

struct Renamed {
  std::string wire;
  std::string embed;
  Span span;
};

/// The names of one entity in one contract: renamed, hidden, or as they are.
class ViewBuilder {
 public:
  ViewBuilder(Context& context, const ir::Entity& entity, const model::Node* rules) : context_(context), entity_(entity), rules_(rules) {}

  ir::ViewEntity build() {
    read_rules();
    ir::ViewEntity view;
    view.entity = entity_.id;
    view.name = entity_.name;
    for (std::size_t i = 0; i < entity_.fields.size(); ++i) {
      if (hidden_[i]) continue;
      const auto& field = entity_.fields[i];
      ir::ViewField shown;
      const auto& own = is_reserved_column(field.column) ? field.name : field.column;
      shown.name = renamed_[i].wire.empty() ? own : renamed_[i].wire;
      shown.field = ir::FieldId{static_cast<std::uint32_t>(i)};
      shown.writable = is_writable(entity_, field);
      const auto* other = view.find_field(shown.name);
      if (other != nullptr) clash(renamed_[i].span.known() ? renamed_[i] : renamed_[other->field.index()], shown.name);
      view.fields.push_back(std::move(shown));
    }
    for (const auto id : entity_.relations) add_relation(view, id);
    return view;
  }

 private:
  void read_rules() {
    renamed_.resize(entity_.fields.size());
    hidden_.resize(entity_.fields.size());
    if (rules_ == nullptr || !rules_->is_map()) return;
    for (const auto& item : items_of(rules_->find("hide"))) {
      const auto id = find(text_of(item));
      if (!id.valid()) continue;
      const bool key = std::find(entity_.key.begin(), entity_.key.end(), id) != entity_.key.end();
      if (key) {
        report(context_, "contract-key", item.span, fmt::format("`{}` is part of the key of `{}` and cannot be hidden.", item.text, entity_.name),
               "Remove it from `hide`.");
      }
      hidden_[id.index()] = true;
    }
    for (const auto& member : members_of(rules_->find("rename"))) {
      const auto id = find({member.key, member.key_span, false});
      if (!id.valid()) continue;
      const auto& name = member.value.text;
      const bool by_field_name =
          entity_.field(id).relation.valid() && member.key == entity_.field(id).name && entity_.field(id).column == member.key + "_id";
      renamed_[id.index()] = {by_field_name ? name + "_id" : name,
                              entity_.field(id).relation.valid() && member.key == entity_.field(id).name ? name : "", member.value.span};
    }
  }

  ir::FieldId find(const Text& name) {
    const auto by_column = entity_.find_column(name.text);
    return by_column.valid() && !entity_.find_field(name.text).valid() ? by_column : require_field(context_, entity_, name);
  }

  void add_relation(ir::ViewEntity& view, ir::RelationId id) {
    const auto& relation = context_.system.relation(id);
    const bool forward = relation.kind == ir::RelationKind::kToOne && !relation.reverse;
    const auto held = forward ? relation.from_fields.back() : ir::FieldId{};
    if (held.valid() && hidden_[held.index()]) return;
    ir::ViewRelation shown;
    shown.relation = id;
    shown.name = held.valid() && !renamed_[held.index()].embed.empty() ? renamed_[held.index()].embed : relation.name;
    const auto* field = view.find_field(shown.name);
    const bool own = field != nullptr && held.valid() && field->field == held;
    if ((field != nullptr && !own) || view.find_relation(shown.name) != nullptr) {
      const bool by_ref = held.valid() && renamed_[held.index()].span.known();
      const Renamed none;
      clash(by_ref ? renamed_[held.index()] : field != nullptr ? renamed_[field->field.index()] : none, shown.name);
    }
    view.relations.push_back(std::move(shown));
  }

  /// Without a rename the fields themselves clash, which is reported with them.
  void clash(const Renamed& place, const std::string& name) {
    if (!place.span.known()) return;
    report(context_, "contract-clash", place.span, fmt::format("This contract would show two things of `{}` as `{}`.", entity_.name, name),
           "Choose another name.");
  }

  Context& context_;
  const ir::Entity& entity_;
  const model::Node* rules_;
  std::vector<Renamed> renamed_;
  std::vector<bool> hidden_;
};

void check_dates(Context& context, const model::Node& node, const ir::Contract& contract) {
  for (const char* key : {"deprecated", "sunset"}) {
    const auto* date = node.find(key);
    if (date == nullptr || is_date(date->text)) continue;
    report(context, "contract-date", date->span, fmt::format("`{}` is not a day of the calendar.", date->text), "Write it as 2027-01-31.");
  }
  if (!contract.sunset.empty() && !contract.deprecated.empty() && contract.sunset < contract.deprecated) {
    report(context, "contract-date", node.find("sunset")->span, fmt::format("The contract `{}` ends before it is deprecated.", contract.name),
           "Exchange the dates.");
  }
  if (contract.current && (!contract.sunset.empty() || !contract.deprecated.empty())) {
    report(context, "contract-date", contract.span, fmt::format("The current contract `{}` cannot be deprecated.", contract.name),
           "Make another contract the current one.");
  }
}

void fill_views(Context& context, ir::Contract& contract, const model::Node* rules) {
  for (const auto& member : members_of(rules)) static_cast<void>(require_entity(context, {member.key, member.key_span, false}));
  contract.by_entity.assign(context.system.entities.size(), ir::Contract::kHidden);
  for (const auto& entity : context.system.entities) {
    const auto* rule = rules != nullptr && rules->is_map() ? rules->find(entity.name) : nullptr;
    contract.by_entity[entity.id.index()] = contract.entities.size();
    contract.by_name.emplace(entity.name, contract.entities.size());
    contract.entities.push_back(ViewBuilder(context, entity, rule).build());
  }
}

}  // namespace

void compile_contracts(Context& context) {
  const auto* section = context.root.find("contracts");
  const auto& members = members_of(section);
  for (const auto& member : members) {
    ir::Contract contract;
    contract.name = member.key;
    contract.span = member.key_span;
    if (member.key == "public") {
      report(context, "reserved-name", member.key_span, "`public` always means the current contract, so none can have that name.",
             "Choose another name, for example `v1`.");
    }
    if (member.value.is_map()) {
      contract.current = flag_at(member.value, "current");
      contract.deprecated = text_at(member.value, "deprecated");
      contract.sunset = text_at(member.value, "sunset");
      check_dates(context, member.value, contract);
    }
    const auto* rules = member.value.is_map() ? member.value.find("entities") : nullptr;
    if (contract.current && !members_of(rules).empty()) {
      report(context, "contract-current", rules->span, fmt::format("The current contract `{}` shows the model as it is.", contract.name),
             "Rename or hide in the older contracts.");
    }
    fill_views(context, contract, rules);
    context.system.contracts.push_back(std::move(contract));
  }
  auto& contracts = context.system.contracts;
  if (contracts.empty()) {
    ir::Contract only;
    only.name = "v1";
    fill_views(context, only, nullptr);
    contracts.push_back(std::move(only));
  }
  if (contracts.size() == 1) contracts.front().current = contracts.front().deprecated.empty();
  const auto current = std::count_if(contracts.begin(), contracts.end(), [](const ir::Contract& contract) { return contract.current; });
  if (current == 0)
    report(context, "contract-current", contracts.front().span, "No contract is the current one.", "Add `current: true` to the newest.");
  if (current > 1)
    report(context, "contract-current", contracts.back().span, "Several contracts are the current one.", "Keep `current: true` on the newest alone.");
}

}  // namespace kingpost::compile
