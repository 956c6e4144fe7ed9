#include <algorithm>

#include "kingpost/surface/parts.hpp"

namespace kingpost::surface {

namespace {

/// Follows types from what an audience sees.
class Collector {
 public:
  Collector(const ir::System& system, const ir::Contract& contract, Api& api) : system_(system), contract_(contract), api_(api) {}

  void collect() {
    for (const ApiEntity& entity : api_.entities) {
      for (const ApiField& field : entity.fields) type(field.type, entity.type_name + pascal_case(field.name));
    }
    for (const ApiCommand& command : api_.commands) members(command.input, command.type_name);
    for (const ApiEvent& event : api_.events) members(event.data, event.type_name);
    // Named types may hold others; the list grows while it is walked.
    for (std::size_t at = 0; at < api_.records.size(); ++at) {
      const std::vector<ApiMember> of_record = api_.records[at].members;
      members(of_record, api_.records[at].type_name);
    }
  }

 private:
  void members(const std::vector<ApiMember>& all, const std::string& owner) {
    for (const ApiMember& member : all) type(member.type, owner + pascal_case(member.name));
  }

  /// `wanted`: what an enum without a name of its own is called, from names that the contract shows.
  void type(const ir::LogicalType& one, const std::string& wanted) {
    if (one.element != nullptr) type(*one.element, wanted);
    if (one.enumeration.valid() && api_.find(one.enumeration) == nullptr) {
      const ir::EnumType& declared = system_.enums[one.enumeration.index()];
      const bool named = declared.name.find('.') == std::string::npos;
      api_.enums.push_back({named ? pascal_case(declared.name) : wanted, one.enumeration, declared.values});
    }
    if (one.record.valid() && api_.find(one.record) == nullptr) {
      const ir::RecordType& declared = system_.records[one.record.index()];
      api_.records.push_back({declared.name, pascal_case(declared.name), one.record, describe_members(declared.members, contract_)});
    }
  }

  const ir::System& system_;
  const ir::Contract& contract_;
  Api& api_;
};

void name_members(std::vector<ApiMember>& members) {
  NameTable graphql;
  NameTable proto(NameTable::Fold::kLoose);
  for (ApiMember& member : members) {
    member.graphql = graphql.claim(graphql_case(member.name));
    member.proto = proto.claim(word_case(member.name));
  }
}

void name_fields(ApiEntity& entity) {
  NameTable graphql;
  NameTable proto(NameTable::Fold::kLoose);
  for (ApiField& field : entity.fields) {
    field.graphql = graphql.claim(graphql_case(field.name));
    field.proto = proto.claim(word_case(field.name));
  }
  for (ApiRelation& relation : entity.relations) relation.graphql = graphql.claim(graphql_case(relation.name));
}

}  // namespace

void add_types(const ir::System& system, const ir::Contract& contract, Api& api) { Collector(system, contract, api).collect(); }

void assign_names(Api& api) {
  NameTable types;
  // Schemas of every document beside the model's own.
  types.claim("Problem", {"Field"});
  for (ApiEntity& entity : api.entities) entity.type_name = types.claim(entity.type_name, {"Create", "Update"});
  for (ApiCommand& command : api.commands) command.type_name = types.claim(command.type_name, {"Input"});
  for (ApiRecord& record : api.records) record.type_name = types.claim(record.type_name);
  for (ApiEnum& one : api.enums) one.type_name = types.claim(one.type_name);
  for (ApiEvent& event : api.events) event.type_name = types.claim(event.type_name);
  for (ApiEntity& entity : api.entities) name_fields(entity);
  for (ApiCommand& command : api.commands) name_members(command.input);
  for (ApiRecord& record : api.records) name_members(record.members);
  for (ApiEvent& event : api.events) name_members(event.data);
}

const ApiRecord* Api::find(ir::RecordId record) const noexcept {
  const auto found = std::find_if(records.begin(), records.end(), [&](const ApiRecord& one) { return one.record == record; });
  return found == records.end() ? nullptr : &*found;
}

const ApiEnum* Api::find(ir::EnumId enumeration) const noexcept {
  const auto found = std::find_if(enums.begin(), enums.end(), [&](const ApiEnum& one) { return one.enumeration == enumeration; });
  return found == enums.end() ? nullptr : &*found;
}

}  // namespace kingpost::surface
