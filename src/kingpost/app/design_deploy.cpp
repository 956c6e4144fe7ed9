#include "kingpost/app/design_deploy.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "kingpost/app/loading.hpp"
#include "kingpost/app/version.hpp"
#include "kingpost/deploy/deploy.hpp"

namespace kingpost::app {

namespace {

namespace fs = std::filesystem;

/// The model's files below the nearest folder that holds them all, the root first: imports are relative, so they stay where they are to each other.
std::vector<deploy::ModelFile> model_files(const std::string& path) {
  const LoadedModel model = load_model(path, Limits{});
  std::vector<fs::path> places;
  for (const std::string& file : files_of(model, path)) places.push_back(fs::absolute(file).lexically_normal());
  fs::path home = places.front().parent_path();
  for (const fs::path& place : places) {
    while (std::mismatch(home.begin(), home.end(), place.begin(), place.end()).first != home.end()) home = home.parent_path();
  }
  std::vector<deploy::ModelFile> out;
  for (const fs::path& place : places) {
    std::string name = place.lexically_relative(home).generic_string();
    const bool known = std::any_of(out.begin(), out.end(), [&](const deploy::ModelFile& file) { return file.path == name; });
    auto text = read_file(place.string());
    if (!known && text) out.push_back({std::move(name), std::move(*text)});
  }
  return out;
}

}  // namespace

Result<void> add_deployment(const std::string& targets, const std::string& model, const ir::System& system, emit::Design& design) {
  if (targets.empty()) return {};
  auto wanted = deploy::parse_targets(targets);
  if (!wanted) return fail(std::move(wanted.error()));
  deploy::Options options;
  options.targets = std::move(*wanted);
  options.version = kVersion;
  options.model = model_files(model);
  auto files = deploy::make_files(system, options);
  if (!files) return fail(std::move(files.error()));
  for (deploy::File& file : *files) {
    design.files.push_back({"deploy/" + file.path, std::move(file.content_type), std::move(file.bytes), std::move(file.title)});
  }
  return {};
}

}  // namespace kingpost::app
