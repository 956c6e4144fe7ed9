#pragma once

#include <cstddef>
#include <cstdint>

#include "kingpost/wire/refusal.hpp"

namespace kingpost::wire {

struct ChunkLimits {
  std::size_t body_bytes = 0;
  std::size_t trailer_bytes = 0;
  std::size_t trailer_fields = 0;
};

/// Joins the chunks of a body in place (RFC 9112 §7.1). Stricter than the grammar: no blanks around sizes, extensions only
/// behind ';' and without control characters, lines of at most 256 bytes and 4 KiB of extensions in all; trailers are
/// checked, bounded and forgotten.
class ChunkDecoder {
 public:
  enum class Step : std::uint8_t { kNeedMore, kDone, kRefused };

  /// Works on data[raw, size); joined bytes are written from data[out] on, out ≤ raw. Moves both; on kDone `raw` is behind the message.
  Step advance(char* data, std::size_t size, std::size_t& raw, std::size_t& out, const ChunkLimits& limits);
  [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }
  void reset() noexcept { *this = ChunkDecoder(); }

 private:
  enum class Phase : std::uint8_t { kSize, kData, kDataEnd, kTrailer };
  Step refuse(const Refusal& refusal);
  Step size_line(const char* data, std::size_t size, std::size_t& raw, const ChunkLimits& limits);
  Step copy_data(char* data, std::size_t size, std::size_t& raw, std::size_t& out);
  Step data_end(const char* data, std::size_t size, std::size_t& raw);
  Step trailer_line(const char* data, std::size_t size, std::size_t& raw, const ChunkLimits& limits);

  Phase phase_ = Phase::kSize;
  bool finished_ = false;
  std::size_t remaining_ = 0;
  std::size_t total_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::size_t trailer_fields_ = 0;
  Refusal refusal_;
};

}  // namespace kingpost::wire
