#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/decimal.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/base/uuid.hpp"

namespace {

using kingpost::append_duration;
using kingpost::append_timestamp;

void require(bool holds) {
  if (!holds) std::abort();
}

// What was read must print to a text that reads back as the same value.
void check_times(std::string_view text) {
  if (const auto micros = kingpost::parse_timestamp(text)) {
    std::string printed;
    append_timestamp(printed, *micros);
    require(kingpost::parse_timestamp(printed) == micros);
  }
  if (const auto micros = kingpost::parse_duration(text)) {
    std::string printed;
    append_duration(printed, *micros);
    require(kingpost::parse_duration(printed) == micros);
  }
}

void check_numbers(std::string_view text) {
  if (const auto value = kingpost::parse_decimal(text)) {
    const std::string printed = kingpost::print_decimal(*value);
    const auto again = kingpost::parse_decimal(printed);
    require(again.has_value() && again->unscaled == value->unscaled && again->scale == value->scale);
  }
  if (const auto value = kingpost::parse_uuid(text)) require(kingpost::parse_uuid(kingpost::print_uuid(*value)) == value);
}

void check_texts(std::string_view text) {
  require(kingpost::decode_base64url(kingpost::encode_base64url(text)) == text);
  if (const auto bytes = kingpost::decode_base64url(text)) require(kingpost::encode_base64url(*bytes) == text);
  if (const auto bytes = kingpost::percent_decode(text, kingpost::PlusSign::kBlank)) require(bytes->size() <= text.size());
  std::string json;
  kingpost::append_json_string(json, text);
  require(kingpost::valid_utf8(json) == kingpost::valid_utf8(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* bytes = data;
  const std::string_view text(static_cast<const char*>(bytes), size);
  check_times(text);
  check_numbers(text);
  check_texts(text);
  return 0;
}
