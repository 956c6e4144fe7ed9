#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/interview/answers.hpp"

namespace kingpost::interview {

/// The files of a new project.
struct Project {
  std::string model;    ///< model.yaml, canonical
  std::string answers;  ///< answers.yaml, every answer
  std::string readme;   ///< README.md: the decisions taken, and what to do next
};

/// A finding of the review that a generated model may have, and why it is lived with.
struct KnownFinding {
  std::string_view rule;
  std::string_view reason;
};

/// What goes into the new project's `kingpost.lock` when the review finds it.
[[nodiscard]] std::vector<KnownFinding> known_findings();

/// Composes a project from answers. Errors: those of settle_answers and find_contradictions, all of them.
[[nodiscard]] tl::expected<Project, Errors> make_project(const std::vector<Given>& given);

}  // namespace kingpost::interview
