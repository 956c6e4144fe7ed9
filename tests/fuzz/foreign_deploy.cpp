#include "kingpost/foreign/foreign.hpp"
#include "require.hpp"

// The first byte chooses compose, Kubernetes or .env; whatever follows is read to its end, in bounded memory.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  kingpost::Diagnostics diagnostics;
  const kingpost::foreign::File file{"compose.yaml", input_text(data, size).substr(1), 0};
  const auto facts = data[0] == 'c'   ? kingpost::foreign::read_compose(file, diagnostics)
                     : data[0] == 'k' ? kingpost::foreign::read_kubernetes(file, diagnostics)
                                      : kingpost::foreign::read_env(file, diagnostics);
  for (const auto& diagnostic : diagnostics.all()) require(diagnostic.code == "foreign-parse");
  for (const auto& container : facts.containers) require(container.span.known());
  return 0;
}
