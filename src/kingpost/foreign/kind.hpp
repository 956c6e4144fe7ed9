#pragma once

#include <string>
#include <string_view>

#include "kingpost/foreign/deploy_facts.hpp"

namespace kingpost::foreign {

/// What an image is for, by the last part of its name; `name` decides where something was built here.
[[nodiscard]] ContainerRole role_of(std::string_view image, std::string_view name);
/// Whether a path's name, or one of its nearest three folders, means a developer's machine, a test or an example.
[[nodiscard]] bool is_for_development(std::string_view path);
[[nodiscard]] std::string lower(std::string_view text);
/// Where a container keeps what must survive it: no script, no settings file, no socket.
[[nodiscard]] bool keeps_data(std::string_view mounted_at);

}  // namespace kingpost::foreign
