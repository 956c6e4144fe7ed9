#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/yaml_value.hpp"
#include "require.hpp"

// An OpenAPI description of any bytes is read to its end; what is refused is refused with its code and a place.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kingpost::Diagnostics diagnostics;
  const kingpost::foreign::File file{"api.json", input_text(data, size), 0};
  const auto facts = kingpost::foreign::read_openapi(file, diagnostics);
  for (const auto& diagnostic : diagnostics.all()) require(diagnostic.code == "foreign-parse");
  for (const auto& operation : facts.operations) require(operation.span.known());
  for (const auto& type : facts.types) require(type.span.known());
  return 0;
}
