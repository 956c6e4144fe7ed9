#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/emit/design.hpp"

namespace kingpost::app {

int run_design(const DesignOptions& options) {
  const ir::SystemPtr system = load_or_report(options.model, Limits{});
  if (!system) return kExitFindings;
  auto design = emit::make_design(*system, {.pictures = options.pictures});
  if (!design) return complain(design.error());
  std::size_t bytes = 0;
  for (const emit::Artefact& artefact : design->files) {
    const std::string path = (std::filesystem::path(options.output) / artefact.path).string();
    if (auto written = write_file(path, artefact.bytes); !written) return complain(written.error());
    bytes += artefact.bytes.size();
  }
  fmt::print(stderr, "Wrote {} files ({} KiB) to {}\nOpen {} in a browser.\n", design->files.size(), bytes / 1024, options.output,
             (std::filesystem::path(options.output) / "index.html").string());
  for (const std::string& reason : design->left_out) fmt::print(stderr, "Left out: {}\n", reason);
  return kExitOk;
}

}  // namespace kingpost::app
