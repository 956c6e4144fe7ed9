#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

enum class C4Kind : std::uint8_t { kPerson, kContainer, kDatabase, kExternal, kSystem, kComponent, kQueue };
enum class C4Level : std::uint8_t { kContext, kContainer, kComponent };

struct C4Node {
  C4Kind kind = C4Kind::kContainer;
  std::string name;
  std::string technology;
  std::string description;
  bool outside = false;     ///< of the boundary, though its kind may stand inside
  std::string anchor = {};  ///< where it leads on the site, or empty
};

/// An arrow between two nodes, by index.
struct C4Link {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string label;
  std::string technology;
};

/// One level of the C4 model: who uses the system, what runs, what lies outside; or what a container is made of.
struct C4Model {
  std::string system;
  std::vector<C4Node> nodes;
  std::vector<C4Link> links;
  C4Level level = C4Level::kContainer;
  std::string boundary = {};  ///< of the component level: the container's name
};

/// Derived from roles, services, topology and HTTP clients. A monolith is one container, split services are one each with a database of
/// their own. Pure.
[[nodiscard]] C4Model make_c4(const ir::System& system);

[[nodiscard]] std::string title_of(const C4Model& model);

/// The system as one box between its users and the systems that it calls. Pure.
[[nodiscard]] C4Model make_c4_context(const ir::System& system);

/// What a service is made of, derived from what the model gives it: contracts, policies, commands, states, outbox, consumers, sagas, schedules,
/// projections, clients, cache. An invalid `service` means the server of a system without services. Pure.
[[nodiscard]] C4Model make_c4_components(const ir::System& system, ir::ServiceId service);

}  // namespace kingpost::emit
