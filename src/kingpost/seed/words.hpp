#pragma once

#include <string>

#include "kingpost/seed/random.hpp"

namespace kingpost::seed {

[[nodiscard]] std::string first_name(Random& random);
[[nodiscard]] std::string last_name(Random& random);
[[nodiscard]] std::string product_name(Random& random);
[[nodiscard]] std::string category_name(Random& random);
[[nodiscard]] std::string company_name(Random& random);
[[nodiscard]] std::string city_name(Random& random);
[[nodiscard]] std::string country_name(Random& random);
[[nodiscard]] std::string street_name(Random& random);
[[nodiscard]] std::string word(Random& random);
/// A short heading, without a full stop.
[[nodiscard]] std::string title(Random& random);
/// `count` sentences.
[[nodiscard]] std::string sentences(Random& random, std::size_t count);

}  // namespace kingpost::seed
