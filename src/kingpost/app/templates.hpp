#pragma once

#include <string>
#include <string_view>

namespace kingpost::app {

/// examples/shop/shop.yaml, embedded by the build.
extern const std::string_view kShopTemplate;

/// A model with one entity to start from. `name` becomes the system's name, reduced to a legal one.
[[nodiscard]] std::string blank_template(const std::string& name);

}  // namespace kingpost::app
