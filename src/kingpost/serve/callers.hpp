#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "kingpost/base/result.hpp"
#include "kingpost/identity/token.hpp"
#include "kingpost/ir/contract.hpp"
#include "kingpost/request/principal.hpp"
#include "kingpost/wire/message.hpp"

namespace kingpost::serve {

/// A caller and the part of a plan's shape that depends on it.
struct Caller {
  request::Principal principal;
  std::string shape;
  std::int64_t expires_s = 0;  ///< 0 = without a token
};

using CallerPtr = std::shared_ptr<const Caller>;

/// Tells who sent a request from its Authorization (or apikey) header; remembers checked tokens until they expire. One loop's own.
class Callers {
 public:
  Callers(const identity::TokenAuthority& authority, bool dev);

  /// Errors PGRST301, PGRST303. Without a token: the --dev administrator or anonymous.
  [[nodiscard]] Result<CallerPtr> identify(const wire::HttpRequest& request, const ir::System& system, std::int64_t now_s);
  /// Forgets checked tokens, after the model's roles may have changed.
  void clear() { known_.clear(); }

 private:
  static constexpr std::size_t kMaxKnown = 4'096;

  const identity::TokenAuthority& authority_;
  CallerPtr nobody_;
  CallerPtr anonymous_;
  std::unordered_map<std::string, CallerPtr, ir::StringHash, std::equal_to<>> known_;
};

}  // namespace kingpost::serve
