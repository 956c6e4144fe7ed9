#include "kingpost/compile/compile.hpp"

namespace kingpost::compile {
std::span<const CodeRow> diagnostic_codes() noexcept { return {}; }
}  // namespace kingpost::compile
