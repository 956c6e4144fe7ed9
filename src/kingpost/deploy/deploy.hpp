#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::deploy {

enum class Target : std::uint8_t { kCompose, kKubernetes, kSystemd, kGithub, kGitlab, kNginx, kHaproxy, kGateway, kIstio };

struct TargetRow {
  Target target;
  std::string_view name;  ///< as `--deploy` takes it
  std::string_view meaning;
};

/// Every target, in the order of their files.
[[nodiscard]] const std::vector<TargetRow>& target_table();

/// Names separated by commas, `all` for every one; each once and in the table's order. Error kp-deploy-target: an unknown name or none.
[[nodiscard]] Result<std::vector<Target>> parse_targets(std::string_view list);

/// A file of the model. The first one is the root.
struct ModelFile {
  std::string path;  ///< relative, with '/', below the folder that holds them all
  std::string text;
};

struct Options {
  std::vector<Target> targets;
  std::vector<ModelFile> model;
  std::string version;  ///< of Kingpost
  Limits limits;
};

struct File {
  std::string path;  ///< relative, with '/'
  std::string content_type;
  std::string bytes;
  std::string title;
};

/// The files of the targets, with a README that tells what they assume. Pure and deterministic to the byte. Errors kp-deploy-model: no model
/// file, or one whose path leaves the folder or cannot be written into these files.
[[nodiscard]] Result<std::vector<File>> make_files(const ir::System& system, const Options& options);

/// Debian 12 packages that the binary needs beside what the base image has; sorted.
[[nodiscard]] const std::vector<std::string_view>& runtime_packages();

}  // namespace kingpost::deploy
