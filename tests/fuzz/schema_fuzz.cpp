#include "kingpost/dialect/schema.hpp"
#include "require.hpp"

// A stored schema is refused with its code, or prints to a text that reads back as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto schema = kingpost::dialect::parse_schema(input_text(data, size));
  if (!schema) {
    require(schema.error().code == "kp-schema-malformed");
    return 0;
  }
  const std::string text = kingpost::dialect::serialize_schema(*schema);
  const auto again = kingpost::dialect::parse_schema(text);
  require(again.has_value());
  require(kingpost::dialect::serialize_schema(*again) == text);
  return 0;
}
