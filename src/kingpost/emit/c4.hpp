#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

enum class C4Kind : std::uint8_t { kPerson, kContainer, kDatabase, kExternal };

struct C4Node {
  C4Kind kind = C4Kind::kContainer;
  std::string name;
  std::string technology;
  std::string description;
};

/// An arrow between two nodes, by index.
struct C4Link {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string label;
  std::string technology;
};

/// The container level of the C4 model: who uses the system, what runs, what lies outside.
struct C4Model {
  std::string system;
  std::vector<C4Node> nodes;
  std::vector<C4Link> links;
};

/// Derived from roles, services, topology and HTTP clients. A monolith is one container, split services are one each with a database of
/// their own. Pure.
[[nodiscard]] C4Model make_c4(const ir::System& system);

}  // namespace kingpost::emit
