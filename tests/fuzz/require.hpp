#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

/// What a fuzz target insists on; a broken promise ends the process, which the fuzzer reports with the input.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// The input as text, in memory of exactly its size.
inline std::string input_text(const std::uint8_t* data, std::size_t size) {
  const void* bytes = data;
  return {static_cast<const char*>(bytes), size};
}
