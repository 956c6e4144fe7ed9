// Runs a fuzz target over saved inputs, with any compiler: `fuzz_x FOLDER`.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& input) {
  const void* bytes = input.data();
  LLVMFuzzerTestOneInput(static_cast<const std::uint8_t*>(bytes), input.size());
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  run({});
  int inputs = 1;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1], error)) {
    std::ifstream in(entry.path(), std::ios::binary);
    run({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    ++inputs;
  }
  std::printf("%d inputs\n", inputs);
  return 0;
}
