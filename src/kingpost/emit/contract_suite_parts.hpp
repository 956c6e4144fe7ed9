#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// Somebody who asks: a role with all it inherits, or nobody in particular.
struct Caller {
  std::string name;  ///< the role's, or `(anonymous)`
  bool anonymous = false;
  surface::Audience audience;
  surface::Api api;  ///< what they can do with the contract
};

struct Access {
  surface::Verdict read = surface::Verdict::kNever;
  surface::Verdict create = surface::Verdict::kNever;
  surface::Verdict update = surface::Verdict::kNever;
  surface::Verdict remove = surface::Verdict::kNever;
};

/// Everybody who may ask, and what each may do.
struct Audiences {
  Audiences(const ir::System& system, const ir::Contract& contract);

  [[nodiscard]] Access access(const ir::System& system, const Caller& caller, const surface::ApiEntity& entity) const;
  /// Names of columns that `caller` must never see: of the contract, and of the model outside the contract.
  [[nodiscard]] std::vector<std::string> hidden(const Caller& caller, const surface::ApiEntity& entity) const;
  /// Two callers of this role and of different tenants, or users, never see each other's rows.
  [[nodiscard]] bool apart(const ir::System& system, const Caller& caller, const surface::ApiEntity& entity) const;

  std::vector<Caller> callers;
  std::vector<std::set<std::string>> outside;  ///< by EntityId: names of the model that the contract does not show
};

[[nodiscard]] std::string json_text(std::string_view text);
[[nodiscard]] bool has_key(const surface::ApiEntity& entity);
[[nodiscard]] bool is_state(const ir::System& system, const surface::ApiEntity& entity, const surface::ApiField& field);
[[nodiscard]] bool in_unique(const ir::System& system, const surface::ApiEntity& entity, const surface::ApiField& field);
/// A caller can have one row of it, no more.
[[nodiscard]] bool is_single(const ir::System& system, const surface::ApiEntity& entity);
/// Wire names of the fields that a check of the entity mentions.
[[nodiscard]] std::set<std::string> checked_fields(const ir::System& system, const surface::ApiEntity& entity);
[[nodiscard]] surface::ApiField field_of_member(const surface::Api& api, const surface::ApiMember& member);

/// What the program has to know of an entity and of a command: one line of JSON.
[[nodiscard]] std::string entity_line(const surface::Api& api, const ir::System& system, const Audiences& audiences,
                                      const surface::ApiEntity& entity);
[[nodiscard]] std::string command_line(const surface::Api& api, const ir::System& system, const Audiences& audiences,
                                       const surface::ApiCommand& command);

}  // namespace kingpost::emit
