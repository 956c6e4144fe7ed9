#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/wire/http1_parser.hpp"

namespace {

using kingpost::wire::HeaderField;
using kingpost::wire::Http1Parser;
using kingpost::wire::HttpRequest;
using kingpost::wire::ParserLimits;
using Outcome = Http1Parser::Outcome;

// Small, so that short inputs reach every bound.
constexpr ParserLimits kLimits = {512, 12, 128, 96};

void require(bool holds) {
  if (!holds) std::abort();
}

std::string print(const HttpRequest& request) {
  std::string text;
  text.append(request.method).append(" ").append(request.target).append(request.keep_alive ? " keep" : " close");
  for (const HeaderField& field : request.headers) {
    text.append("\n").append(field.name).append("=").append(field.value);
  }
  return text.append("\n\n").append(request.body);
}

// What no accepted request may hold.
void check_request(const HttpRequest& request, std::size_t consumed, std::size_t size) {
  require(consumed <= size && request.body.size() <= kLimits.body_bytes && request.headers.size() <= kLimits.head_fields);
  require(!request.target.empty() && (request.target[0] == '/' || (request.target == "*" && request.method == "OPTIONS")));
  int hosts = 0;
  int lengths = 0;
  for (const HeaderField& field : request.headers) {
    hosts += field.name == "host" ? 1 : 0;
    lengths += field.name == "content-length" || field.name == "transfer-encoding" ? 1 : 0;
    require(std::none_of(field.value.begin(), field.value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }));
    require(std::none_of(field.name.begin(), field.name.end(), [](char c) { return c <= ' ' || (c >= 'A' && c <= 'Z') || c == ':'; }));
  }
  require(hosts <= 1 && lengths <= 1 && (hosts == 1 || request.minor_version == 0));
}

// Every message of the input, each call on memory of exactly its size, so that a sanitizer sees any read beyond it.
std::vector<std::string> parse_all(std::string_view input, std::size_t step) {
  std::vector<std::string> outcomes;
  Http1Parser parser(kLimits);
  std::string held;
  while (true) {
    std::size_t size = held.size();
    const std::unique_ptr<char[]> exact(new char[size]);
    std::copy(held.begin(), held.end(), exact.get());
    const Outcome outcome = parser.advance(exact.get(), size);
    held.assign(exact.get(), size);
    if (outcome == Outcome::kRefused) {
      outcomes.emplace_back("refused");
      return outcomes;
    }
    if (outcome == Outcome::kRequest) {
      check_request(parser.request(), parser.consumed(), size);
      outcomes.push_back(print(parser.request()));
      held.erase(0, parser.consumed());
      parser.reset();
      continue;
    }
    if (input.empty()) {
      return outcomes;
    }
    const std::size_t count = std::min(step, input.size());
    held.append(input.substr(0, count));
    input.remove_prefix(count);
  }
}

}  // namespace

// However the bytes arrive, the same requests come out.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto whole = parse_all(input, input.size() + 1);
  require(whole == parse_all(input, 1));
  require(whole == parse_all(input, 1 + size % 13));
  return 0;
}
