#pragma once

#include <string>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/foreign/api_facts.hpp"
#include "kingpost/foreign/deploy_facts.hpp"
#include "kingpost/foreign/sql_facts.hpp"

namespace kingpost::foreign {

enum class FileKind : std::uint8_t { kUnknown, kSql, kOpenApi, kSwagger, kGraphql, kProto, kCompose, kKubernetes, kEnv };

/// One file that somebody handed in. Paths are as given, in the order of reading.
struct File {
  std::string path;
  std::string text;
  FileIndex index = 0;  ///< in the SourceMap of the run
};

/// Everything that was read. What could not be parsed is in the diagnostics (code `foreign-parse`, where and why); the rest is here.
struct Facts {
  SqlFacts sql;
  std::vector<ApiFacts> apis;
  std::vector<DeployFacts> deployments;
};

/// What a file is, by its name and the beginning of its text.
[[nodiscard]] FileKind kind_of(const std::string& path, std::string_view text);

/// SQL files in order, as one history. The flavour is PostgreSQL unless the texts speak SQLite. Never throws; a statement that does not parse is a
/// diagnostic and the others count. Pure.
[[nodiscard]] SqlFacts read_sql(const std::vector<File>& files, Diagnostics& diagnostics);
/// OpenAPI 3.0 and 3.1, Swagger 2.0, as JSON or YAML.
[[nodiscard]] ApiFacts read_openapi(const File& file, Diagnostics& diagnostics);
[[nodiscard]] ApiFacts read_graphql(const File& file, Diagnostics& diagnostics);
/// protobuf 2 and 3. Imports need not be there.
[[nodiscard]] ApiFacts read_proto(const File& file, Diagnostics& diagnostics);
[[nodiscard]] DeployFacts read_compose(const File& file, Diagnostics& diagnostics);
/// A manifest of one or more documents.
[[nodiscard]] DeployFacts read_kubernetes(const File& file, Diagnostics& diagnostics);
[[nodiscard]] DeployFacts read_env(const File& file, Diagnostics& diagnostics);

}  // namespace kingpost::foreign
