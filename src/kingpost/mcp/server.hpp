#pragma once

#include <cstdint>
#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/mcp/catalogue.hpp"

namespace kingpost::mcp {

struct ServerOptions {
  std::string program;    ///< the binary whose commands are the tools' work
  std::string directory;  ///< where they run
  int input_fd = 0;
  int output_fd = 1;
  std::int64_t call_timeout_ms = 120'000;
  std::size_t line_bytes = 8U << 20;  ///< longest message
  std::size_t running_calls = 4;      ///< at once; further ones wait
  std::size_t waiting_calls = 64;     ///< at most; further ones are refused with -32000
};

/// Serves one client until its input ends and what it asked for is answered. A call that exceeds its time is ended and answered as failed; a
/// cancelled one is ended and not answered. Errors: `kp-mcp-io` when the wire breaks. Blocks; starts no threads.
[[nodiscard]] Result<void> serve(const Catalogue& catalogue, const ServerOptions& options);

}  // namespace kingpost::mcp
