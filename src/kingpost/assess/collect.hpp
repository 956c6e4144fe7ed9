#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/foreign/foreign.hpp"

namespace kingpost::assess {

struct CollectLimits {
  std::size_t files = 20'000;     ///< kept
  std::size_t entries = 500'000;  ///< looked at
  std::uintmax_t file_bytes = 32ULL * 1024 * 1024;
  std::uintmax_t all_bytes = 256ULL * 1024 * 1024;
  int depth = 24;
};

struct CollectedFile {
  foreign::File file;  ///< its path begins with the last name of what was handed in, since where that lies says nothing; `sources` has it as given
  foreign::FileKind kind = foreign::FileKind::kUnknown;
};

struct Collected {
  std::vector<CollectedFile> files;  ///< of a known kind, in natural order of their paths: `9_x` before `10_x`
  SourceMap sources;
  std::vector<std::string> skipped;  ///< what a bound or its bytes kept out, one sentence each
};

/// Reads what readers know from files and folders. In folders `.git`, `node_modules`, `vendor` and the like are left out, and so are symbolic links
/// and binary files; bytes that are no UTF-8 become `?`. Error: kp-review-path (a path that is not there or cannot be read). Blocks; any thread.
[[nodiscard]] Result<Collected> collect(const std::vector<std::string>& paths, const CollectLimits& limits);

/// Whether numbers in names count as numbers: `9_x` comes before `10_x`.
[[nodiscard]] bool natural_less(std::string_view left, std::string_view right);

}  // namespace kingpost::assess
