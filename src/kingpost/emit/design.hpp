#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// One file of the design.
struct Artefact {
  std::string path;          ///< relative, with '/', for example openapi/v2.json
  std::string content_type;  ///< for serving it
  std::string bytes;
  std::string title;  ///< for the site's index
};

/// How much is designed.
struct DesignOptions {
  bool pictures = true;  ///< false leaves out what Graphviz lays out and every other SVG; Mermaid stays
  /// Numbers of protobuf fields once given, as kingpost.lock holds them; see proto.hpp.
  std::map<std::string, std::map<std::string, std::int32_t>> proto_numbers = {};
};

struct Design {
  std::vector<Artefact> files;        ///< index.html first
  std::vector<std::string> left_out;  ///< a sentence for each thing that this machine or the options kept from being made
};

/// Every file of the design of a system: specs per contract and audience, DDL of both databases, diagrams, JSON Schemas, and the site
/// (index.html and its pages: no network, works from disk). Deterministic to the byte. Errors: those of dialect::build_schema.
[[nodiscard]] Result<Design> make_design(const ir::System& system, const DesignOptions& options = {});

}  // namespace kingpost::emit
