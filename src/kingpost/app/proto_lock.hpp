#pragma once

#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/emit/proto.hpp"

namespace kingpost::app {

/// The section `proto` of the `kingpost.lock` beside a model: message or enum → member → number. Other sections belong to others.
struct ProtoLock {
  std::string path;
  std::string text;      ///< of the whole file; empty when there is none
  bool present = false;  ///< the file has the section, so it is kept up to date
  emit::ProtoNumbers numbers;
};

/// Reads the section; no file or no section yields no numbers. Errors: kp-lock with file and line (no YAML, a number out of protobuf's range or
/// given twice in one message), those of read_file.
[[nodiscard]] Result<ProtoLock> read_proto_lock(const std::string& model);
/// As read_proto_lock, of a text.
[[nodiscard]] Result<ProtoLock> parse_proto_lock(const std::string& path, std::string text);

/// The lock's text with the section printed anew; what stands outside of it is unchanged.
[[nodiscard]] std::string print_proto_lock(const ProtoLock& lock);

/// Writes the numbers of every field of `system` where the lock has the section already, or `asked`; says on stderr what it did or did not keep.
[[nodiscard]] Result<void> keep_proto_numbers(const ir::System& system, ProtoLock& lock, bool asked);

}  // namespace kingpost::app
