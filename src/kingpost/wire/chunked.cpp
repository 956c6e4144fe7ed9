#include "kingpost/wire/chunked.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "kingpost/wire/http1_rules.hpp"

namespace kingpost::wire {
namespace {

constexpr std::size_t kMaxLineBytes = 256;
constexpr std::size_t kMaxExtensionBytes = 4096;

enum class LineEnd : std::uint8_t { kNeedMore, kFound, kBad };

/// Finds the CRLF that ends the line at `from`; any other control character but HTAB is bad.
LineEnd find_line_end(std::string_view text, std::size_t from, std::size_t& end) {
  std::size_t at = from;
  while (true) {
    at = find_control(text, at);
    if (at == text.size()) {
      return LineEnd::kNeedMore;
    }
    if (text[at] == '\t') {
      ++at;
      continue;
    }
    if (text[at] != '\r') {
      return LineEnd::kBad;
    }
    if (at + 1 == text.size()) {
      return LineEnd::kNeedMore;
    }
    end = at;
    return text[at + 1] == '\n' ? LineEnd::kFound : LineEnd::kBad;
  }
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return Step::kRefused;
}

ChunkDecoder::Step ChunkDecoder::size_line(const char* data, std::size_t size, std::size_t& raw, const ChunkLimits& limits) {
  std::size_t end = 0;
  const LineEnd found = find_line_end({data, size}, raw, end);
  // Of an unfinished line the last byte may be the CR of its end.
  const std::size_t length = found == LineEnd::kFound ? end - raw : size - raw - (size > raw ? 1 : 0);
  if (found == LineEnd::kBad || length > kMaxLineBytes) {
    return refuse(kBadChunk);
  }
  if (found == LineEnd::kNeedMore) {
    return Step::kNeedMore;
  }
  std::size_t value = 0;
  std::size_t digits = 0;
  while (digits < length && hex_digit(data[raw + digits]) >= 0) {
    if (digits == 15) {
      return refuse(kBadChunk);
    }
    value = value * 16 + static_cast<std::size_t>(hex_digit(data[raw + digits]));
    ++digits;
  }
  if (digits == 0 || (digits < length && data[raw + digits] != ';')) {
    return refuse(kBadChunk);
  }
  extension_bytes_ += length - digits;
  if (extension_bytes_ > kMaxExtensionBytes) {
    return refuse(kBadChunk);
  }
  if (value > limits.body_bytes - total_) {
    return refuse(kBodyTooLarge);
  }
  raw = end + 2;
  remaining_ = value;
  total_ += value;
  phase_ = value == 0 ? Phase::kTrailer : Phase::kData;
  return Step::kDone;
}

ChunkDecoder::Step ChunkDecoder::copy_data(char* data, std::size_t size, std::size_t& raw, std::size_t& out) {
  const std::size_t count = std::min(remaining_, size - raw);
  if (out != raw) {
    std::memmove(data + out, data + raw, count);
  }
  out += count;
  raw += count;
  remaining_ -= count;
  if (remaining_ != 0) {
    return Step::kNeedMore;
  }
  phase_ = Phase::kDataEnd;
  return Step::kDone;
}

ChunkDecoder::Step ChunkDecoder::data_end(const char* data, std::size_t size, std::size_t& raw) {
  if ((size > raw && data[raw] != '\r') || (size > raw + 1 && data[raw + 1] != '\n')) {
    return refuse(kBadChunk);
  }
  if (size < raw + 2) {
    return Step::kNeedMore;
  }
  raw += 2;
  phase_ = Phase::kSize;
  return Step::kDone;
}

ChunkDecoder::Step ChunkDecoder::trailer_line(const char* data, std::size_t size, std::size_t& raw, const ChunkLimits& limits) {
  std::size_t end = 0;
  const LineEnd found = find_line_end({data, size}, raw, end);
  if (found == LineEnd::kBad) {
    return refuse(kBadLine);
  }
  const std::size_t length = found == LineEnd::kFound ? end - raw : size - raw - (size > raw ? 1 : 0);
  if (trailer_bytes_ + length > limits.trailer_bytes) {
    return refuse(kHeadTooLarge);
  }
  if (found == LineEnd::kNeedMore) {
    return Step::kNeedMore;
  }
  const std::string_view line(data + raw, end - raw);
  raw = end + 2;
  if (line.empty()) {
    finished_ = true;
    return Step::kDone;
  }
  trailer_bytes_ += line.size() + 2;
  if (++trailer_fields_ > limits.trailer_fields) {
    return refuse(kTooManyFields);
  }
  if (!is_token(line.substr(0, line.find(':'))) || line.find(':') == std::string_view::npos) {
    return refuse(kBadField);
  }
  return Step::kDone;
}

ChunkDecoder::Step ChunkDecoder::advance(char* data, std::size_t size, std::size_t& raw, std::size_t& out, const ChunkLimits& limits) {
  Step step = Step::kDone;
  while (step == Step::kDone && !finished_) {
    switch (phase_) {
      case Phase::kSize:
        step = size_line(data, size, raw, limits);
        break;
      case Phase::kData:
        step = copy_data(data, size, raw, out);
        break;
      case Phase::kDataEnd:
        step = data_end(data, size, raw);
        break;
      case Phase::kTrailer:
        step = trailer_line(data, size, raw, limits);
        break;
    }
  }
  return step;
}

}  // namespace kingpost::wire
