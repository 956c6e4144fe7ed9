#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/interview/fragment.hpp"
#include "kingpost/interview/questions.hpp"

namespace kingpost::interview {

/// An answer that a pattern cannot have.
struct Impossible {
  std::string condition;
  std::string reason;
};

/// A kind of system: its own defaults, what it cannot be, and its fragments.
struct Pattern {
  std::string name;
  std::string purpose;  ///< the first requirement
  Answers defaults;
  std::vector<Impossible> never;
  std::vector<Fragment> fragments;
};

/// The eight patterns in the order of the question. Errors: kp-interview-fragment (the build holds a file that cannot be read).
[[nodiscard]] Result<std::vector<Pattern>> load_patterns();

/// What takes part in every model, before (`head`) and after (`tail`) the pattern's own, and the README of a new project.
struct CommonFragments {
  std::vector<Fragment> head;
  std::vector<Fragment> tail;
  std::string_view readme;
};
[[nodiscard]] Result<CommonFragments> load_common();

/// A file of `patterns/` as the build embedded it.
struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] std::vector<EmbeddedFile> embedded_files();

}  // namespace kingpost::interview
