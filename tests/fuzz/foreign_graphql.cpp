#include "kingpost/foreign/foreign.hpp"
#include "require.hpp"

// The first byte chooses GraphQL or protobuf; either text is read to its end, and what is refused is refused with its code and a place.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  kingpost::Diagnostics diagnostics;
  const bool proto = data[0] == 'p';
  const kingpost::foreign::File file{proto ? "a.proto" : "a.graphql", input_text(data, size).substr(1), 0};
  const auto facts = proto ? kingpost::foreign::read_proto(file, diagnostics) : kingpost::foreign::read_graphql(file, diagnostics);
  for (const auto& diagnostic : diagnostics.all()) {
    require(diagnostic.code == "foreign-parse");
    require(diagnostic.span.known());
  }
  for (const auto& type : facts.types) require(type.span.known());
  return 0;
}
