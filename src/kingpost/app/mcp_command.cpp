#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/guide.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/mcp_tools.hpp"
#include "kingpost/mcp/server.hpp"

namespace kingpost::app {

int run_mcp(const McpOptions& options) {
  std::error_code code;
  McpPolicy policy;
  policy.allow_write = options.allow_write;
  policy.root = std::filesystem::canonical(options.root, code).string();
  if (code) return complain(make_error(ErrorKind::kNotFound, "kp-file", fmt::format("cannot enter {}: {}", options.root, code.message())));
  mcp::ServerOptions server;
  server.program = std::filesystem::read_symlink("/proc/self/exe", code).string();
  if (code) return complain(make_error(ErrorKind::kUnavailable, "kp-mcp-spawn", "cannot find this program: " + code.message()));
  server.directory = policy.root;
  // A client that went away is an error of write(), not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  const mcp::Catalogue catalogue = make_mcp_catalogue(policy);
  if (auto served = mcp::serve(catalogue, server); !served) return complain(served.error());
  return kExitOk;
}

int run_guide(const GuideOptions& options) {
  if (options.page.empty()) {
    fmt::print("{}\nkingpost guide PAGE prints one.\n", list_guide());
    return kExitOk;
  }
  const GuidePage* page = find_guide_page(options.page);
  if (page == nullptr) {
    Error error = make_error(ErrorKind::kNotFound, "kp-usage", fmt::format("the guide has no page {}", options.page));
    error.details = list_guide();
    return complain(error);
  }
  std::fwrite(page->text.data(), 1, page->text.size(), stdout);
  return kExitOk;
}

}  // namespace kingpost::app
