#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kingpost/mcp/catalogue.hpp"

namespace kingpost::mcp {

/// A call of a tool that is to be run; its answer is printed by answer_call.
struct Call {
  std::string id;  ///< as JSON
  const Tool* tool = nullptr;
  Json arguments;
};

/// What one line of the client means for the server.
struct Reaction {
  std::string reply;                  ///< a line to write, without its end; empty = none
  std::optional<Call> call;           ///< to be started
  std::optional<std::string> cancel;  ///< id of a call whose work is to be ended without an answer
};

/// The protocol without its wire: one per client. Versions 2024-11-05, 2025-03-26, 2025-06-18 and 2025-11-25 of the Model Context Protocol; JSON-RPC
/// batches are refused (-32600). Errors are JSON-RPC's: -32700 no JSON, -32600 no request, -32601 unknown method, -32602 bad arguments, -32002
/// unknown resource. Not thread-safe. The catalogue must outlive it.
class Session {
 public:
  explicit Session(const Catalogue& catalogue) : catalogue_(&catalogue) {}
  [[nodiscard]] Reaction receive(std::string_view line);

 private:
  [[nodiscard]] Reaction request(const std::string& id, const std::string& method, const Json& parameters);
  [[nodiscard]] Reaction call_tool(const std::string& id, const Json& parameters) const;

  const Catalogue* catalogue_;
  bool initialized_ = false;
};

/// The answer to a call. Exit codes 0 and 1 are results (1: the command has something to say), others are errors of the tool.
[[nodiscard]] std::string answer_call(const std::string& id, const Outcome& outcome);
/// A JSON-RPC error.
[[nodiscard]] std::string answer_error(const std::string& id, int code, std::string_view message);

}  // namespace kingpost::mcp
