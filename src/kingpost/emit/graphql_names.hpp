#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// A custom scalar and where its texts are specified.
struct GraphqlScalar {
  std::string_view name;
  std::string_view specification;
  std::string_view description;
  bool ordered = true;  ///< takes _gt and its like
};

/// The scalar of a type; null for lists, enums, named types.
[[nodiscard]] const GraphqlScalar* graphql_scalar(ir::Scalar scalar);
/// Those that SDL does not have built in.
[[nodiscard]] const std::vector<const GraphqlScalar*>& custom_graphql_scalars();

/// What one entity is called in SDL, and what it offers there.
struct GraphqlEntity {
  std::string type;   ///< Product
  std::string node;   ///< ProductNode; empty where the key is not readable
  std::string root;   ///< product
  std::string by_pk;  ///< product_by_pk
  std::string connection_root;
  bool readable = false;
  bool insertable = false;
  bool updatable = false;
  bool removable = false;
  std::vector<const surface::ApiField*> key;  ///< all of it readable, or empty
};

/// Every name of the schema, each unique in its scope; decided before anything is printed. `api` must outlive it.
class GraphqlNames {
 public:
  explicit GraphqlNames(const surface::Api& api);

  [[nodiscard]] const GraphqlEntity& of(const surface::ApiEntity& entity) const;
  /// Null unless the entity is in this API and its rows can be read.
  [[nodiscard]] const surface::ApiEntity* readable(std::string_view wire_name) const;
  [[nodiscard]] const std::string& of(const surface::ApiCommand& command) const { return commands_.at(command.name); }
  [[nodiscard]] std::string record(const surface::ApiRecord& one) const { return records_.at(one.name); }
  [[nodiscard]] std::string enumeration(ir::EnumId id) const { return enums_.at(id.value); }
  /// A root field of Mutation, unique there.
  [[nodiscard]] std::string mutation(const std::string& wanted) { return mutations_.claim(wanted); }

 private:
  [[nodiscard]] GraphqlEntity entity(const surface::ApiEntity& entity);

  const surface::Api& api_;
  surface::NameTable types_;
  surface::NameTable queries_;
  surface::NameTable mutations_;
  std::unordered_map<std::string, GraphqlEntity> entities_;
  std::unordered_map<std::string, const surface::ApiEntity*> by_name_;
  std::unordered_map<std::string, std::string> commands_;
  std::unordered_map<std::string, std::string> records_;
  std::unordered_map<std::uint32_t, std::string> enums_;
};

}  // namespace kingpost::emit
