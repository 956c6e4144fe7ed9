#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// Field and value numbers once given: message or enum by full name (`shop.v1.Product`) → member → number. What left the model stays here, so that
/// no number is ever given twice. `kingpost.lock` keeps it with the model.
using ProtoNumbers = std::map<std::string, std::map<std::string, std::int32_t>>;

/// The protobuf package of each contract of a system, in its order, each unique: shop.v1; a contract that is no version gets one, shop.beta.v1.
[[nodiscard]] std::vector<std::string> proto_packages(const ir::System& system);

/// `known` with a number for every member of `api` that has none: the lowest above all its message ever had, 19000–19999 left out. `api` is what
/// everybody together can reach, so that all audiences share the numbers. Pure; the order of fields does not matter for those that are known.
[[nodiscard]] ProtoNumbers assign_proto_numbers(const surface::Api& api, const std::string& package, ProtoNumbers known);

/// Numbers for every contract of a system.
[[nodiscard]] ProtoNumbers assign_proto_numbers(const ir::System& system, ProtoNumbers known);

/// One proto3 file: messages of entities, a service an entity with Get, List, Create, Update, Delete, and commands as methods of their services.
/// `numbers` must come from assign_proto_numbers for the whole of the same contract. Passes buf's STANDARD rules whatever the names are.
/// Deterministic. Thread-safe.
[[nodiscard]] std::string print_proto(const surface::Api& api, const std::string& package, const ProtoNumbers& numbers);

/// Where that file lies below its module's root: shop/v1/shop.proto.
[[nodiscard]] std::string proto_path(const std::string& package);

}  // namespace kingpost::emit
