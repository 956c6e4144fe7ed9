#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// A member of a message or a value of an enum, before it has a number.
struct ProtoMember {
  std::string name;
  std::string type;  ///< with `optional` or `repeated`; empty for a value of an enum
  std::vector<std::string> comments;
};

/// A message or enum whose members come from the model; their numbers are kept.
struct ProtoType {
  std::string name;
  bool is_enum = false;
  std::string comment;
  std::vector<ProtoMember> members;
};

/// What an entity is called in protobuf.
struct ProtoEntity {
  std::string message;
  std::string key;  ///< message of the key; empty where the key is not visible
  std::string service;
  std::string field;   ///< the row in requests and answers
  std::string fields;  ///< the rows of a page
  std::string plural;  ///< of List…
};

struct ProtoCommand {
  std::string method;
  bool has_input = false;
};

/// Names and types of one package, decided once for the numbering and for printing.
class ProtoShape {
 public:
  explicit ProtoShape(const surface::Api& api);

  [[nodiscard]] const std::vector<ProtoType>& types() const { return types_; }
  [[nodiscard]] const ProtoEntity& of(const surface::ApiEntity& entity) const { return entities_.at(entity.name); }
  [[nodiscard]] const ProtoCommand& of(const surface::ApiCommand& command) const { return commands_.at(command.name); }
  /// A service of commands, unique in the package.
  [[nodiscard]] const std::string& command_service(const std::string& service) const { return command_services_.at(service); }
  [[nodiscard]] bool uses(std::string_view import) const;

 private:
  void name_all();
  void add_entity(const surface::ApiEntity& entity);
  void add_members(const std::string& name, const std::string& comment, const std::vector<surface::ApiMember>& members);
  void add_enum(const surface::ApiEnum& one);
  [[nodiscard]] std::string scalar(const ir::LogicalType& type);
  [[nodiscard]] std::string member_type(const ir::LogicalType& type, bool nullable);

  const surface::Api& api_;
  surface::NameTable names_{surface::NameTable::Fold::kExact};
  surface::NameTable values_{surface::NameTable::Fold::kExact};
  std::vector<ProtoType> types_;
  std::unordered_map<std::string, ProtoEntity> entities_;
  std::unordered_map<std::string, ProtoCommand> commands_;
  std::unordered_map<std::string, std::string> command_services_;
  std::unordered_map<std::uint32_t, std::string> enums_;
  std::unordered_map<std::uint32_t, std::string> records_;
  std::vector<std::string_view> imports_;
};

/// PascalCase as buf's rules want it: from words, a letter first.
[[nodiscard]] std::string proto_type_name(std::string_view name);

}  // namespace kingpost::emit
