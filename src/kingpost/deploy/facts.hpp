#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/deploy/deploy.hpp"

namespace kingpost::deploy {

/// A variable that the model's HTTP clients name.
struct ClientVariable {
  std::string name;
  std::string client;
  bool secret = false;  ///< a token, not an address
};

inline constexpr std::uint16_t kPort = 8080;
inline constexpr int kUser = 10001;
/// Seconds between leaving the balancer's list and SIGTERM.
inline constexpr std::int64_t kLeaveSeconds = 5;

/// What every emitter writes: names that are safe where they stand, numbers of the limits and of the plan.
struct Facts {
  std::string name;      ///< DNS-1123 label of at most 40 bytes; also user, database and file name
  std::string database;  ///< the same with `_`
  std::string title;     ///< one line, for comments
  std::string version;
  std::string tag;         ///< of the image: Kingpost's version and the model's fingerprint
  std::string short_hash;  ///< of the model's files
  std::string root;        ///< path of the root model below model/
  std::vector<std::string> model;
  Limits limits;

  std::int64_t drain_seconds = 0;
  std::int64_t stop_seconds = 0;     ///< from SIGTERM until a supervisor may kill
  std::int64_t request_seconds = 0;  ///< longest wait for an answer
  std::int64_t body_seconds = 0;
  std::int64_t idle_seconds = 0;
  std::int64_t files = 0;  ///< open files

  std::int64_t threads = 0;
  std::int64_t replicas = 0;
  std::int64_t most_replicas = 0;
  std::int64_t cpu_millis = 0;
  std::int64_t memory_mib = 0;
  std::int64_t most_memory_mib = 0;
  std::int64_t disk_gib = 0;
  std::int64_t pool = 0;
  std::int64_t database_connections = 0;
  std::int64_t database_memory_mib = 0;
  std::int64_t database_cpu_millis = 0;
  std::string load_basis;  ///< where the plan's load comes from

  std::vector<ClientVariable> variables;
  std::vector<std::string> refused;  ///< safety features that this version does not execute: `serve` refuses the model
  bool services = false;
  bool calls_others = false;
};

[[nodiscard]] Facts derive_facts(const ir::System& system, const Options& options);

/// The arguments of `kingpost` that serve `model` from `database`; both as they are, unquoted.
[[nodiscard]] std::vector<std::string> serve_arguments(const Facts& facts, const std::string& model, const std::string& database,
                                                       const std::string& address);

/// `["a", "b"]` for YAML and Dockerfiles.
[[nodiscard]] std::string flow_list(const std::vector<std::string>& words);

/// A shell line that succeeds while the server answers PATH with 200: bash alone, so that the image needs no client.
[[nodiscard]] std::string health_command(std::string_view path);

}  // namespace kingpost::deploy
