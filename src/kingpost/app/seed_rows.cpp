#include "kingpost/app/seed_rows.hpp"

#include <fmt/format.h>

#include <charconv>

#include "kingpost/seed/seed.hpp"

namespace kingpost::app {

Result<std::map<std::string, std::int64_t>> read_seed_rows(std::string_view text) {
  std::map<std::string, std::int64_t> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const std::size_t equals = one.find('=');
    const char* end = one.data() + one.size();
    std::int64_t count = 0;
    std::int64_t unit = 1;
    const auto parsed = equals == std::string_view::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                                         : std::from_chars(one.data() + equals + 1, end, count);
    const std::string_view suffix(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    if (suffix == "k") unit = 1'000;
    if (suffix == "M") unit = 1'000'000;
    if (parsed.ec != std::errc{} || count < 0 || count > seed::kMaxSeedRows || (!suffix.empty() && unit == 1)) {
      return fail(ErrorKind::kInvalidArgument, "kp-usage", fmt::format("'{}' is not ENTITY=COUNT, for example product=100k", one));
    }
    out[std::string(one.substr(0, equals))] = count * unit;
  }
  return out;
}

}  // namespace kingpost::app
